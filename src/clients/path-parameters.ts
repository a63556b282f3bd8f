import { IntegerId } from '../http/ids.js';

/** The id of a client in the path. */
export const ClientId = () => IntegerId({ description: 'Id of the client, as in the list of clients.' });
