import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { actorOf, AuditLog, changesBetween } from '../../audit/audit-log.js';
import type { Viewer } from '../../access/access.js';
import { ADMIN_ROLE } from '../../accounts/permissions.js';
import { SessionsService } from '../../access/sessions.service.js';
import { Transactions } from '../../database/transactions.js';
import { invalidParameters, userNotFound } from '../../http/app-error.js';
import { type User, UserSchema } from '../../accounts/user.entity.js';
import { lastAdministrator } from '../../users/users.errors.js';
import { UsersService } from '../../users/users.service.js';
import {
  type AdminUserDetailRow,
  AdminUserRepository,
  type AdminUserRow,
  type UserSelection,
} from './admin-user.repository.js';
import type { AdminUserChanges } from './admin-users.dto.js';
import { lockRoleChanges } from '../roles/role-changes.js';
import { RoleRepository } from '../roles/role.repository.js';

/** Other people's accounts. Every change is written down in the transaction that makes it. */
@Injectable()
export class AdminUsersService {
  constructor(
    private readonly adminUsers: AdminUserRepository,
    private readonly users: UsersService,
    private readonly roles: RoleRepository,
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
  async update(viewer: Viewer, id: string, changes: AdminUserChanges): Promise<AdminUserDetailRow> {
    const { username, email, age_verified: ageVerified, roles } = changes;
    await this.transactions.run(async (em) => {
      const change = roles === undefined ? null : await this.changeRoles(em, viewer, id, roles);
      const user = await hold(em, id);
      const state = (names: readonly string[] | undefined) => ({
        roles: names,
        age_verified: user.ageVerified,
        username: user.username,
        email: user.email,
      });
      const before = state(change?.before);
      if (ageVerified !== undefined) user.ageVerified = ageVerified;
      await this.users.changeNames(em, user, { username, email });
      const changed = changesBetween(before, state(change?.after), ['username', 'email']);
      if (changed === null) return;
      this.audit.write(em, actorOf(viewer), { action: 'user.update', target: id, ...changed });
    });
    return this.get(id);
  }

  /** Ends all of a user's sessions. @throws userNotFound */
  async signOut(viewer: Viewer, id: string): Promise<void> {
    await this.transactions.run(async (em) => {
      await hold(em, id);
      await this.sessions.endAll(id);
      this.audit.write(em, actorOf(viewer), { action: 'user.logout', target: id });
    });
  }

  /** @throws userNotFound, lastAdministrator */
  async delete(viewer: Viewer, id: string): Promise<void> {
    await this.users.delete(id, actorOf(viewer));
  }

  private async changeRoles(em: EntityManager, viewer: Viewer, id: string, names: readonly string[]) {
    const grantable = await lockRoleChanges(this.roles, viewer, 'edit-users');
    const wanted = await this.roles.findByNames(names);
    const unknown = names.filter((name) => !wanted.some((role) => role.name === name));
    if (unknown.length > 0) throw unknownRoles();
    const before = await this.roles.rolesOf(id);
    const given = wanted.filter(({ name }) => !before.includes(name));
    grantable.requireAll(given.flatMap(({ permissions }) => permissions));
    if ((await em.count(UserSchema, { id })) === 0) throw userNotFound();
    const isDemoted = before.includes(ADMIN_ROLE) && !names.includes(ADMIN_ROLE);
    if (isDemoted && (await this.users.isLastAdministrator(em, id))) throw lastAdministrator();
    await this.roles.setRoles(id, wanted);
    return { before, after: await this.roles.rolesOf(id) };
  }
}

/** The user's row, until the transaction ends. */
async function hold(em: EntityManager, id: string): Promise<User> {
  const user = await em.findOne(UserSchema, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (user === null) throw userNotFound();
  return user;
}

function unknownRoles() {
  return invalidParameters({
    details: [{ field: 'roles', messages: ['each of roles must be the name of a role'] }],
  });
}
