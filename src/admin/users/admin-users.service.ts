import { Injectable } from '@nestjs/common';
import { actorOf, AuditLog, changesBetween } from '../../audit/audit-log.js';
import type { Viewer } from '../../access/access.js';
import { Administrators } from '../../accounts/administrators.js';
import { ADMIN_ROLE } from '../../accounts/permissions.js';
import { SessionsService } from '../../access/sessions.service.js';
import { Transactions } from '../../database/transactions.js';
import { invalidParameters, userNotFound } from '../../http/app-error.js';
import { lastAdministrator } from '../../users/users.errors.js';
import { UsersService } from '../../users/users.service.js';
import {
  type AdminUserDetailRow,
  AdminUserRepository,
  type AdminUserRow,
  type UserSelection,
} from './admin-user.repository.js';
import type { UpdateAdminUserDto } from './admin-users.dto.js';
import { RoleChangeLock } from '../roles/role-change-lock.js';
import { RoleRepository } from '../roles/role.repository.js';

/** Administrators' access to users' accounts. Every change is recorded in the audit log, in its own transaction. */
@Injectable()
export class AdminUsersService {
  constructor(
    private readonly adminUsers: AdminUserRepository,
    private readonly users: UsersService,
    private readonly roles: RoleRepository,
    private readonly roleChangeLock: RoleChangeLock,
    private readonly administrators: Administrators,
    private readonly sessions: SessionsService,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
  ) {}

  async page(selection: UserSelection): Promise<{ total: number; rows: AdminUserRow[] }> {
    return this.adminUsers.page(selection);
  }

  /** @throws userNotFound */
  async get(id: string): Promise<AdminUserDetailRow> {
    const user = await this.adminUsers.find(id);
    if (user === undefined) throw userNotFound();
    return user;
  }

  /**
   * Changes the given fields.
   *
   * @throws userNotFound, forbidden for a role with a permission that the viewer lacks, lastAdministrator,
   *   usernameTaken, emailTaken
   */
  async update(viewer: Viewer, id: string, changes: UpdateAdminUserDto): Promise<AdminUserDetailRow> {
    const { username, email, age_verified: ageVerified, roles } = changes;
    await this.transactions.run(async () => {
      const change = roles === undefined ? null : await this.changeRoles(viewer, id, roles);
      const user = await this.users.lock(id);
      const state = (names: readonly string[] | undefined) => ({
        roles: names,
        age_verified: user.ageVerified,
        username: user.username,
        email: user.email,
      });
      const before = state(change?.before);
      if (ageVerified !== undefined) user.ageVerified = ageVerified;
      await this.users.changeNames(user, { username, email });
      const changed = changesBetween(before, state(change?.after), ['username', 'email']);
      if (changed === null) return;
      this.audit.record(actorOf(viewer), { action: 'user.update', target: id, ...changed });
    });
    return this.get(id);
  }

  /** Ends all of a user's sessions. @throws userNotFound */
  async signOut(viewer: Viewer, id: string): Promise<void> {
    await this.transactions.run(async () => {
      await this.users.lock(id);
      await this.sessions.endAll(id);
      this.audit.record(actorOf(viewer), { action: 'user.logout', target: id });
    });
  }

  /** @throws userNotFound, lastAdministrator */
  async delete(viewer: Viewer, id: string): Promise<void> {
    await this.users.delete(id, actorOf(viewer));
  }

  private async changeRoles(viewer: Viewer, id: string, names: readonly string[]) {
    const grantable = await this.roleChangeLock.acquire(viewer, 'edit-users');
    const wanted = await this.roles.findByNames(names);
    const unknown = names.filter((name) => !wanted.some((role) => role.name === name));
    if (unknown.length > 0) throw unknownRoles();
    const before = await this.roles.rolesOf(id);
    const given = wanted.filter(({ name }) => !before.includes(name));
    grantable.requireAll(given.flatMap(({ permissions }) => permissions));
    await this.users.lock(id);
    const isDemoted = before.includes(ADMIN_ROLE) && !names.includes(ADMIN_ROLE);
    if (isDemoted && (await this.administrators.isLast(id))) throw lastAdministrator();
    await this.roles.setRoles(id, wanted);
    return { before, after: await this.roles.rolesOf(id) };
  }
}

function unknownRoles() {
  return invalidParameters({
    details: [{ field: 'roles', messages: ['each of roles must be the name of a role'] }],
  });
}
