import { type BlankId, ObjectId } from '../http/ids.js';

/** Injects the id of a user from the path. */
export const UserId = (blank: BlankId = {}) =>
  ObjectId({ ...blank, description: 'Id of the user, from sign-in or a list of users.' });

/** The same with the parameter name and description of family B. */
export const UserIdOfFamilyB = () =>
  ObjectId({ name: 'userId', description: 'Id of the account: an ObjectId.', format: 'objectid' });
