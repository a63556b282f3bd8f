import { Injectable } from '@nestjs/common';
import { actorOf, AuditLog, changesBetween, REDACTED } from '../../audit/audit-log.js';
import type { Viewer } from '../../access/access.js';
import { ADMIN_ROLE, DEFAULT_ROLE } from '../../accounts/permissions.js';
import { Transactions } from '../../database/transactions.js';
import { roleExists, roleFixed, roleNotFound, unknownRoles } from './roles.errors.js';
import { RoleChangeLock } from './role-change-lock.js';
import { RoleRepository, type RoleRow } from './role.repository.js';
import type { Permission } from '../../accounts/role.entity.js';
import type { CreateRoleDto, UpdateRoleDto } from './roles.dto.js';

/** An id that no role has. */
const NO_ROLE_ID = 0;

/** Roles: named sets of permissions. An administrator can only grant permissions that the administrator holds. */
@Injectable()
export class RolesService {
  constructor(
    private readonly roles: RoleRepository,
    private readonly roleChangeLock: RoleChangeLock,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
  ) {}

  /** @throws invalidParameters if a name is not that of a role */
  async getByNames(names: readonly string[]): Promise<RoleRow[]> {
    const found = await this.roles.findByNames(names);
    const known = new Set(found.map(({ name }) => name));
    if (names.some((name) => !known.has(name))) throw unknownRoles();
    return found;
  }

  async page(limit: number, offset: number): Promise<{ total: number; rows: RoleRow[] }> {
    return this.roles.page(limit, offset);
  }

  async permissions(limit: number, offset: number): Promise<{ total: number; rows: Permission[] }> {
    return this.roles.permissions(limit, offset);
  }

  /** @throws forbidden, roleExists */
  async create(viewer: Viewer, { name, description = null, permissions }: CreateRoleDto): Promise<RoleRow> {
    return this.transactions.run(async () => {
      const grantable = await this.roleChangeLock.acquire(viewer, 'edit-roles');
      grantable.requireAll(permissions);
      if (await this.roles.isTaken(name, NO_ROLE_ID)) throw roleExists();
      const id = await this.roles.create(name, description);
      await this.roles.setPermissions(id, permissions);
      const role = await this.get(id);
      this.audit.record(actorOf(viewer), {
        action: 'role.create',
        target: String(id),
        after: { name: REDACTED, permissions: role.permissions },
      });
      return role;
    });
  }

  /** Changes the given fields. @throws roleNotFound, forbidden, roleFixed, roleExists */
  async update(viewer: Viewer, id: number, changes: UpdateRoleDto): Promise<RoleRow> {
    return this.transactions.run(async () => {
      const grantable = await this.roleChangeLock.acquire(viewer, 'edit-roles');
      const found = await this.roles.find(id);
      const added = (changes.permissions ?? []).filter((one) => !found?.permissions.includes(one));
      grantable.requireAll(added);
      const before = found ?? (await this.get(id));
      const {
        name = before.name,
        description = before.description,
        permissions = before.permissions,
      } = changes;
      const wanted = new Set<string>(permissions);
      const isSeeded = before.name === DEFAULT_ROLE || before.name === ADMIN_ROLE;
      if (isSeeded && name !== before.name) throw roleFixed();
      const loses = before.permissions.some((permission) => !wanted.has(permission));
      if (before.name === ADMIN_ROLE && loses) throw roleFixed();
      if (await this.roles.isTaken(name, id)) throw roleExists();
      await this.roles.update(id, name, description);
      await this.roles.setPermissions(id, [...wanted]);
      const after = await this.get(id);
      const changed = changesBetween(auditedFields(before), auditedFields(after));
      if (changed !== null) {
        this.audit.record(actorOf(viewer), { action: 'role.update', target: String(id), ...changed });
      }
      return after;
    });
  }

  /**
   * Deletes a role; its users keep their other roles or, without one, get the default role.
   *
   * @throws roleNotFound, roleFixed
   */
  async delete(viewer: Viewer, id: number): Promise<void> {
    await this.transactions.run(async () => {
      await this.roleChangeLock.acquire(viewer, 'edit-roles');
      const { name, permissions } = await this.get(id);
      if (name === DEFAULT_ROLE || name === ADMIN_ROLE) throw roleFixed();
      await this.roles.delete(id);
      this.audit.record(actorOf(viewer), {
        action: 'role.delete',
        target: String(id),
        before: { permissions },
      });
    });
  }

  private async get(id: number): Promise<RoleRow> {
    const role = await this.roles.find(id);
    if (role === undefined) throw roleNotFound();
    return role;
  }
}

function auditedFields({ name, description, permissions }: RoleRow) {
  return { name, description, permissions };
}
