import { IntegerId } from '../http/ids.js';

/** The id of an event in the path. */
export const EventId = () =>
  IntegerId({ description: 'Id of the event, from the log of changes.', example: 42 });
