import { UuidId } from '../http/ids.js';

/** Injects the id of a session from the path. */
export const SessionId = () =>
  UuidId({
    description: 'Id of the session, from the list of your sessions.',
    example: '0b6e1d3c-4f52-4a8e-9d7b-2c1a5e8f9b60',
  });
