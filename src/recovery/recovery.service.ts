import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Viewer } from '../access/access.js';
import type { Device } from '../access/device.js';
import { Passwords } from '../access/passwords.js';
import { SessionsService } from '../access/sessions.service.js';
import { AccountLinks } from '../account-links/account-links.js';
import { invalidToken } from '../account-links/account-links.errors.js';
import { type LinkToken, readLinkToken } from '../account-links/link-token.js';
import { AuditLog } from '../audit/audit-log.js';
import { unknownClient } from '../clients/clients.errors.js';
import { ClientsService } from '../clients/clients.service.js';
import { Transactions } from '../database/transactions.js';
import { AppError, tooManyRequests } from '../http/app-error.js';
import { addressKey } from '../http/client-address.js';
import { RateLimits } from '../limits/rate-limits.js';
import { Queue } from '../queue/queue.js';
import { defineTask } from '../queue/task.js';
import { CredentialReset } from '../users/credential-reset.js';
import { UsersService } from '../users/users.service.js';
import type { RequestPasswordDto, ResetPasswordDto } from './recovery.dto.js';
import { emailVerified, noEmail } from './recovery.errors.js';

/** A request for a new password, before it is known whether the account exists. */
const PASSWORD_REQUEST = defineTask<{ name: string; client: number | null }>('password-request');

/** New passwords for users who lost theirs, and the verification of addresses. */
@Injectable()
export class RecoveryService implements OnModuleInit {
  constructor(
    private readonly users: UsersService,
    private readonly links: AccountLinks,
    private readonly clients: ClientsService,
    private readonly sessions: SessionsService,
    private readonly passwords: Passwords,
    private readonly reset: CredentialReset,
    private readonly limits: RateLimits,
    private readonly queue: Queue,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
  ) {}

  onModuleInit(): void {
    this.queue.handle(PASSWORD_REQUEST, ({ name, client }) => this.mailPassword(name, client));
  }

  /**
   * Queues a request for a new password. The account is looked up later, so that the answer and its time do not depend
   * on it.
   *
   * @throws tooManyRequests, invalidParameters for an unknown client
   */
  async requestPassword({ username, client = null }: RequestPasswordDto, { ip }: Device): Promise<void> {
    await this.limits.spend('passwordRequest', addressKey(ip));
    await this.requireClient(client);
    await this.queue.add(PASSWORD_REQUEST, { name: username, client });
  }

  /** @throws invalidToken */
  async resetPassword({ token, password }: ResetPasswordDto, { ip }: Device): Promise<void> {
    const link = readLinkToken(token);
    // A forged token costs no hash.
    if (link === null || !(await this.links.isValid(link, 'password-reset'))) throw invalidToken();
    const passwordHash = await this.passwords.hash(password);
    await this.transactions.run(async () => {
      const { user, email } = await this.use(link, 'password-reset');
      await this.links.end(user.id);
      await this.sessions.endAll(user.id);
      await this.reset.runSteps(user.id);
      user.passwordHash = passwordHash;
      // A link that an administrator passed on proves nothing about the address.
      if (email !== null && email === user.email) user.emailVerified = true;
      this.audit.record({ id: user.id, ip }, { action: 'account.reset-password', target: user.id });
    });
  }

  /** @throws emailVerified, tooManyRequests, invalidParameters without an address or for an unknown client */
  async requestVerification({ userId }: Viewer, client: number | null): Promise<void> {
    await this.requireClient(client);
    const { email, email_verified: isVerified } = await this.users.get(userId);
    if (email === null) throw noEmail();
    if (isVerified) throw emailVerified();
    await this.limits.spend('verificationMail', userId);
    await this.links.mail(userId, 'email-verification', client);
  }

  /** @throws invalidToken */
  async verifyEmail(token: string, { ip }: Device): Promise<void> {
    const link = readLinkToken(token);
    if (link === null) throw invalidToken();
    await this.transactions.run(async () => {
      const { user, email } = await this.use(link, 'email-verification');
      if (email === null || email !== user.email) throw invalidToken();
      user.emailVerified = true;
      this.audit.record({ id: user.id, ip }, { action: 'account.verify-email', target: user.id });
    });
  }

  /** Uses a link up and locks its user. @throws invalidToken */
  private async use(link: LinkToken, purpose: 'password-reset' | 'email-verification') {
    // The user first, as everywhere: see the lock order.
    const user = await this.users.findLocked(link.userId);
    const used = user && (await this.links.use(link, purpose));
    if (!user || !used) throw invalidToken();
    return { user, email: used.email };
  }

  /** Queues the mail for a request, if the account exists and has not had too many. */
  private async mailPassword(name: string, client: number | null): Promise<void> {
    const login = await this.users.findLogin(name);
    if (login === undefined) return;
    try {
      await this.limits.spend('passwordMail', login.id);
    } catch (error) {
      if (error instanceof AppError && error.definition.status === tooManyRequests.status) return;
      throw error;
    }
    await this.links.mail(login.id, 'password-reset', client);
  }

  private async requireClient(client: number | null): Promise<void> {
    if (client !== null && !(await this.clients.isEnabled(client))) throw unknownClient();
  }
}
