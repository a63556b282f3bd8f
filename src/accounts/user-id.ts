import { type BlankId, ObjectId } from '../http/ids.js';

/** The id of a user in the path. */
export const UserId = (blank: BlankId = {}) =>
  ObjectId({ ...blank, description: 'Id of the user, as sign-in and lists of users answer it.' });

/** The same as family B spells and describes it. */
export const UserIdOfFamilyB = () =>
  ObjectId({ name: 'userId', description: 'Id of the account: an ObjectId.', format: 'objectid' });
