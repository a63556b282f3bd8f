import { Injectable } from '@nestjs/common';
import { actorOf, AuditLog, changesBetween } from '../../audit/audit-log.js';
import type { Viewer } from '../../access/access.js';
import { Administrators } from '../../accounts/administrators.js';
import { ADMIN_ROLE } from '../../accounts/permissions.js';
import type { ListedSession } from '../../access/session.repository.js';
import { AccountLinks } from '../../account-links/account-links.js';
import type { User } from '../../accounts/user.entity.js';
import { TwoFactorService } from '../../two-factor/two-factor.service.js';
import { SessionsService } from '../../access/sessions.service.js';
import { Transactions } from '../../database/transactions.js';
import { userNotFound } from '../../http/app-error.js';
import { lastAdministrator } from '../../users/users.errors.js';
import { UsersService } from '../../users/users.service.js';
import {
  type AdminUserDetailRow,
  AdminUserRepository,
  type AdminUserRow,
  type UserSelection,
} from './admin-user.repository.js';
import { PERSONAL_FIELDS, type UpdateAdminUserDto } from './admin-users.dto.js';
import { RoleChangeLock } from '../roles/role-change-lock.js';
import { unknownRoles } from '../roles/roles.errors.js';
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
    private readonly links: AccountLinks,
    private readonly twoFactor: TwoFactorService,
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
   * @throws userNotFound, forbidden for a role with a permission that the viewer lacks, and for the address and the
   *   suspension of a user who has one; lastAdministrator, usernameTaken, emailTaken
   */
  async update(viewer: Viewer, id: string, changes: UpdateAdminUserDto): Promise<AdminUserDetailRow> {
    const { username, email, age_verified: ageVerified, roles, suspended, ...texts } = changes;
    await this.transactions.run(async () => {
      if (email !== undefined || suspended !== undefined) await this.requireMayReset(viewer, id);
      const isLast = suspended === true && (await this.administrators.isLast(id));
      const change = roles === undefined ? null : await this.changeRoles(viewer, id, roles);
      const user = await this.users.lock(id);
      if (isLast) throw lastAdministrator();
      const state = (names: readonly string[] | undefined) => ({
        roles: names,
        age_verified: user.ageVerified,
        suspended: user.suspended,
        ...personalTexts(user),
        username: user.username,
        email: user.email,
      });
      const before = state(change?.before);
      if (ageVerified !== undefined) user.ageVerified = ageVerified;
      if (suspended !== undefined) user.suspended = suspended;
      this.users.changeTexts(user, texts);
      await this.users.changeNames(user, { username, email });
      const changed = changesBetween(before, state(change?.after), PERSONAL_FIELDS);
      if (changed === null) return;
      this.audit.record(actorOf(viewer), { action: 'user.update', target: id, ...changed });
    });
    return this.get(id);
  }

  /** Creates a link to a new password, for the administrator to pass on. @throws userNotFound, forbidden */
  async createResetLink(viewer: Viewer, id: string): Promise<{ url: string; expires: Date }> {
    return this.transactions.run(async () => {
      await this.requireMayReset(viewer, id);
      await this.users.lock(id);
      this.audit.record(actorOf(viewer), { action: 'user.password-reset', target: id });
      return this.links.issueForAdministrator(id);
    });
  }

  /** Turns a user's second factor off. @throws userNotFound, forbidden */
  async disableTwoFactor(viewer: Viewer, id: string): Promise<void> {
    await this.transactions.run(async () => {
      await this.requireMayReset(viewer, id);
      await this.users.lock(id);
      await this.twoFactor.remove(id);
      this.audit.record(actorOf(viewer), { action: 'user.two-factor-off', target: id });
    });
  }

  /** The sessions of a user. @throws userNotFound */
  async sessionsOf(id: string): Promise<ListedSession[]> {
    await this.users.get(id);
    return this.sessions.list(id);
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

  /**
   * Requires the permissions of a user whose way into the account the viewer changes: otherwise the viewer could take
   * the account over, and its permissions with it. Locks role changes until the transaction ends.
   *
   * @throws forbidden
   */
  private async requireMayReset(viewer: Viewer, id: string): Promise<void> {
    const held = await this.roleChangeLock.acquire(viewer, 'edit-users');
    held.requireAll(await this.roles.specialPermissionsOf(id));
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

function personalTexts({ firstName, lastName, website, facebook, instagram, linkedin, x, youtube }: User) {
  return { first_name: firstName, last_name: lastName, website, facebook, instagram, linkedin, x, youtube };
}
