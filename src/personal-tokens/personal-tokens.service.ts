import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { SessionViewer } from '../access/access.js';
import type { ListedToken } from '../access/personal-token.repository.js';
import { PersonalTokens } from '../access/personal-tokens.js';
import { RecentSignIn } from '../access/recent-sign-in.js';
import { actorOf, AuditLog } from '../audit/audit-log.js';
import { Transactions } from '../database/transactions.js';
import { CredentialReset } from '../users/credential-reset.js';
import { UsersService } from '../users/users.service.js';
import type { CreateTokenDto } from './personal-tokens.dto.js';
import { tokenLimitReached, tokenNotFound } from './personal-tokens.errors.js';

/** Number of tokens that a user may have. */
const MAX_TOKENS = 50;

/** Users' own management of their personal tokens. */
@Injectable()
export class PersonalTokensService implements OnModuleInit {
  constructor(
    private readonly tokens: PersonalTokens,
    private readonly users: UsersService,
    private readonly recent: RecentSignIn,
    private readonly reset: CredentialReset,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
  ) {}

  onModuleInit(): void {
    this.reset.register((userId) => this.tokens.endAll(userId));
  }

  async list(userId: string): Promise<ListedToken[]> {
    return this.tokens.list(userId);
  }

  /** @throws signInAgain, tokenLimitReached, tooManyRequests */
  async create(
    viewer: SessionViewer,
    { name, scopes, expires = null, current_password }: CreateTokenDto,
  ): Promise<ListedToken & { token: string }> {
    const { userId } = viewer;
    await this.recent.require(viewer, current_password);
    return this.transactions.run(async () => {
      // The user's row serializes concurrent requests, so that none of them exceeds the limit.
      await this.users.lock(userId);
      if ((await this.tokens.count(userId)) >= MAX_TOKENS) throw tokenLimitReached();
      const created = await this.tokens.create(userId, { name, scopes, expires });
      const after = { id: created.id, scopes, expires };
      this.audit.record(actorOf(viewer), { action: 'account.create-token', target: userId, after });
      return created;
    });
  }

  /** @throws tokenNotFound */
  async end(viewer: SessionViewer, id: string): Promise<void> {
    await this.transactions.run(async () => {
      if (!(await this.tokens.end(viewer.userId, id))) throw tokenNotFound();
      const before = { id };
      this.audit.record(actorOf(viewer), { action: 'account.revoke-token', target: viewer.userId, before });
    });
  }
}
