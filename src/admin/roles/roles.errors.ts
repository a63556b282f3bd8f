import { defineError, invalidParameters } from '../../http/app-error.js';

export const roleNotFound = defineError(404, 'Role not found');
export const roleExists = defineError(409, 'Role with the same name already exists');
export const roleFixed = defineError(409, 'Role cannot be changed');

/** The error for names that no role has. */
export function unknownRoles() {
  return invalidParameters({
    details: [{ field: 'roles', messages: ['each of roles must be the name of a role'] }],
  });
}
