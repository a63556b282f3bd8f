import { IntegerId } from '../../http/ids.js';

/** The id of a role in the path. */
export const RoleId = () => IntegerId({ description: 'Id of the role, as in the list of roles.' });
