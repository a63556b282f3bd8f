import { IntegerId } from '../http/ids.js';

/** The id of a read in the path. */
export const ReadId = () =>
  IntegerId({ name: 'read', description: 'Id of the read, from the list of reads.', example: 17 });
