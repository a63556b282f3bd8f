import { FromPath } from '../http/input.js';

/** The user whose profile is meant. Every text is looked up: one that cannot be a username is not found. */
export const ProfileSlug = () =>
  FromPath({
    name: 'slug',
    description: 'The reader’s username, in any case.',
    schema: { type: 'string', maxLength: 20, example: 'haruka' },
  });
