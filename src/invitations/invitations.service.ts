import { createHash, randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Viewer } from '../access/access.js';
import { DEFAULT_ROLE } from '../accounts/permissions.js';
import { LinkUrls } from '../account-links/link-urls.js';
import { RoleChangeLock } from '../admin/roles/role-change-lock.js';
import { RolesService } from '../admin/roles/roles.service.js';
import { actorOf, AuditLog } from '../audit/audit-log.js';
import { Config } from '../config.js';
import { Transactions } from '../database/transactions.js';
import { AccountDeletion } from '../users/account-deletion.js';
import { InvitationRepository, type InvitationRow } from './invitation.repository.js';
import type { CreateInvitationDto } from './invitations.dto.js';
import { invalidInvitation, invitationNotFound, registrationClosed } from './invitations.errors.js';

/** Who may register: everyone, invited users, or nobody. */
@Injectable()
export class InvitationsService implements OnModuleInit {
  constructor(
    private readonly invitations: InvitationRepository,
    private readonly roles: RolesService,
    private readonly roleChangeLock: RoleChangeLock,
    private readonly urls: LinkUrls,
    private readonly config: Config,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
    private readonly deletion: AccountDeletion,
  ) {}

  onModuleInit(): void {
    this.deletion.register((userId) => this.invitations.forgetCreator(userId));
  }

  async page(limit: number, offset: number): Promise<{ total: number; rows: InvitationRow[] }> {
    return this.invitations.page(limit, offset);
  }

  /** @throws forbidden for a role with a permission that the viewer lacks, invalidParameters for an unknown role */
  async create(
    viewer: Viewer,
    { note = null, uses = 1, roles = [DEFAULT_ROLE], expires = null }: CreateInvitationDto,
  ): Promise<{ row: InvitationRow; invitation: string; url: string }> {
    const invitation = randomBytes(32).toString('base64url');
    const row = await this.transactions.run(async () => {
      const grantable = await this.roleChangeLock.acquire(viewer, 'edit-users');
      const given = await this.roles.getByNames(roles);
      // Everyone has the default role, so that it gives nothing away.
      const special = given.filter(({ name }) => name !== DEFAULT_ROLE);
      grantable.requireAll(special.flatMap(({ permissions }) => permissions));
      const fields = { hash: hashOf(invitation), note, uses, expires, createdBy: viewer.userId };
      const id = await this.invitations.create(
        fields,
        given.map((role) => role.id),
      );
      const after = { uses, roles: given.map(({ name }) => name), expires };
      this.audit.record(actorOf(viewer), { action: 'invitation.create', target: String(id), after });
      return this.invitations.find(id);
    });
    if (row === undefined) throw invitationNotFound();
    return { row, invitation, url: this.urls.of('invitation', invitation) };
  }

  /** @throws invitationNotFound */
  async delete(viewer: Viewer, id: number): Promise<void> {
    await this.transactions.run(async () => {
      if (!(await this.invitations.delete(id))) throw invitationNotFound();
      this.audit.record(actorOf(viewer), { action: 'invitation.delete', target: String(id) });
    });
  }

  /**
   * Admits a registration in the open transaction, which uses the invitation up. If the registration fails, so does
   * this.
   *
   * @returns the names of the roles of the new account
   * @throws registrationClosed, invalidInvitation
   */
  async admit(invitation: string | null): Promise<readonly string[]> {
    const { registration } = this.config;
    if (registration === 'closed') throw registrationClosed();
    if (invitation === null) {
      if (registration === 'invite') throw registrationClosed();
      return [DEFAULT_ROLE];
    }
    const redeemed = await this.invitations.redeem(hashOf(invitation));
    if (redeemed === undefined) throw invalidInvitation();
    return redeemed.roles;
  }
}

function hashOf(invitation: string): string {
  return createHash('sha256').update(invitation).digest('hex');
}
