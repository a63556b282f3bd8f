import { Injectable } from '@nestjs/common';
import type { Viewer } from '../../access/access.js';
import { Administrators } from '../../accounts/administrators.js';
import type { Permission } from '../../accounts/permissions.js';
import { forbidden } from '../../http/app-error.js';
import { RoleRepository } from './role.repository.js';

/** The permissions that an administrator may give to others: those that the administrator holds. */
export interface GrantablePermissions {
  /** @throws forbidden for a permission that the administrator does not hold */
  requireAll(permissions: Iterable<string>): void;
}

/** Serializes changes of roles and of the users who have them. */
@Injectable()
export class RoleChangeLock {
  constructor(
    private readonly administrators: Administrators,
    private readonly roles: RoleRepository,
  ) {}

  /**
   * Locks role changes in the open transaction, then reads the permissions of the administrator. Of two
   * administrators who demote each other concurrently, one therefore remains.
   *
   * @throws forbidden if the viewer no longer holds the permission
   */
  async acquire({ userId }: Viewer, permission: Permission): Promise<GrantablePermissions> {
    await this.administrators.lockRoleChanges();
    const held = await this.roles.permissionsOf(userId);
    if (!held.has(permission)) throw forbidden();
    return {
      requireAll: (permissions) => {
        for (const wanted of permissions) if (!held.has(wanted)) throw forbidden();
      },
    };
  }
}
