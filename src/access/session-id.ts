import { UuidId } from '../http/ids.js';

/** The id of a session in the path. */
export const SessionId = () =>
  UuidId({
    description: 'Id of the session, as the list of your sessions answers it.',
    example: '0b6e1d3c-4f52-4a8e-9d7b-2c1a5e8f9b60',
  });
