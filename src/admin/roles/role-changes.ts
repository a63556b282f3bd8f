import type { Viewer } from '../../access/access.js';
import type { Permission } from '../../accounts/permissions.js';
import { forbidden } from '../../http/app-error.js';
import type { RoleRepository } from './role.repository.js';

/** The permissions that an administrator may give to others: those that the administrator holds. */
export interface GrantablePermissions {
  /** @throws forbidden for a permission that the administrator does not hold */
  requireAll(permissions: Iterable<string>): void;
}

/**
 * Begins a change of roles, or of who has them, in the open transaction. All such changes run one after another, and the
 * permissions of the administrator are read once it is this change's turn: two administrators who demote each other at
 * once leave one.
 *
 * @throws forbidden when the viewer does not hold the permission any more
 */
export async function lockRoleChanges(
  roles: RoleRepository,
  { userId }: Viewer,
  permission: Permission,
): Promise<GrantablePermissions> {
  await roles.lockRoleChanges();
  const held = await roles.permissionsOf(userId);
  if (!held.has(permission)) throw forbidden();
  return {
    requireAll: (permissions) => {
      for (const wanted of permissions) if (!held.has(wanted)) throw forbidden();
    },
  };
}
