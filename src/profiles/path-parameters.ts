import { FromPath } from '../http/input.js';

/** Injects the slug of a profile. There is no validation: a text that cannot be a username is a 404, not a 400. */
export const ProfileSlug = () =>
  FromPath({
    name: 'slug',
    description: 'The reader’s username, in upper or lower case.',
    schema: { type: 'string', maxLength: 20, example: 'haruka' },
  });
