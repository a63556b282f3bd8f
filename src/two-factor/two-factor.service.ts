import { Injectable } from '@nestjs/common';
import type { SessionViewer } from '../access/access.js';
import { RecentSignIn } from '../access/recent-sign-in.js';
import { actorOf, AuditLog } from '../audit/audit-log.js';
import { Transactions } from '../database/transactions.js';
import { RateLimits } from '../limits/rate-limits.js';
import { UsersService } from '../users/users.service.js';
import { newRecoveryCodes, newSecret, recoveryHash, stepOf, uriOf } from './one-time-passwords.js';
import type { TwoFactorCodeDto } from './two-factor.dto.js';
import { invalidSecondFactor, twoFactorOff, twoFactorOn } from './two-factor.errors.js';
import { TwoFactorRepository, type TwoFactorState } from './two-factor.repository.js';

/** The second factor of users: codes of an authenticator app, and recovery codes. */
@Injectable()
export class TwoFactorService {
  constructor(
    private readonly factors: TwoFactorRepository,
    private readonly users: UsersService,
    private readonly recent: RecentSignIn,
    private readonly limits: RateLimits,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
  ) {}

  /** Makes a secret, which is pending for ten minutes. @throws signInAgain, twoFactorOn, tooManyRequests */
  async begin(viewer: SessionViewer, currentPassword?: string): Promise<{ secret: string; uri: string }> {
    await this.recent.require(viewer, currentPassword);
    const { username } = await this.users.get(viewer.userId);
    const secret = newSecret();
    if (!(await this.factors.begin(viewer.userId, secret))) throw twoFactorOn();
    return { secret, uri: uriOf(secret, username) };
  }

  /**
   * Turns the second factor on.
   *
   * @returns the recovery codes
   * @throws signInAgain, twoFactorOn, twoFactorOff if nothing is pending, invalidSecondFactor, tooManyRequests
   */
  async confirm(viewer: SessionViewer, { code, current_password }: TwoFactorCodeDto): Promise<string[]> {
    const { userId } = viewer;
    await this.recent.require(viewer, current_password);
    const state = await this.factors.find(userId);
    if (state?.confirmed) throw twoFactorOn();
    if (!state?.fresh) throw twoFactorOff();
    await this.requireCode(userId, () => this.useStep(userId, state, code));
    return this.transactions.run(async () => {
      // The user first: a session that is being opened either is open already, or needs the code.
      await this.users.lock(userId);
      const current = await this.factors.find(userId);
      if (current?.confirmed) throw twoFactorOn();
      if (current?.secret !== state.secret) throw twoFactorOff();
      await this.factors.confirm(userId);
      this.audit.record(actorOf(viewer), { action: 'account.two-factor-on', target: userId });
      return this.replaceCodes(userId);
    });
  }

  /** @throws signInAgain, twoFactorOff, invalidSecondFactor, tooManyRequests */
  async disable(viewer: SessionViewer, { code, current_password }: TwoFactorCodeDto): Promise<void> {
    await this.recent.require(viewer, current_password);
    await this.requireOn(viewer.userId);
    await this.check(viewer.userId, code);
    await this.transactions.run(async () => {
      await this.users.lock(viewer.userId);
      await this.factors.remove(viewer.userId);
      this.audit.record(actorOf(viewer), { action: 'account.two-factor-off', target: viewer.userId });
    });
  }

  /** Replaces the recovery codes. @throws signInAgain, twoFactorOff, invalidSecondFactor, tooManyRequests */
  async renewCodes(viewer: SessionViewer, { code, current_password }: TwoFactorCodeDto): Promise<string[]> {
    await this.recent.require(viewer, current_password);
    await this.requireOn(viewer.userId);
    await this.check(viewer.userId, code);
    return this.transactions.run(async () => {
      await this.users.lock(viewer.userId);
      await this.requireOn(viewer.userId);
      this.audit.record(actorOf(viewer), { action: 'account.recovery-codes', target: viewer.userId });
      return this.replaceCodes(viewer.userId);
    });
  }

  /**
   * Uses a code of the authenticator app, or a recovery code, of a user whose second factor is on.
   *
   * @throws invalidSecondFactor, tooManyRequests after ten wrong codes
   */
  async check(userId: string, code: string): Promise<void> {
    await this.requireCode(userId, async () => {
      const state = await this.factors.find(userId);
      if (state === undefined || !state.confirmed) return false;
      if (await this.useStep(userId, state, code)) return true;
      return this.factors.useCode(userId, recoveryHash(code));
    });
  }

  /** Turns a user's second factor off on behalf of an administrator, in the open transaction. */
  async remove(userId: string): Promise<void> {
    await this.factors.remove(userId);
  }

  /** Limits wrong codes. The point is spent before the code is checked, so that concurrent guesses are limited, too. */
  private async requireCode(userId: string, use: () => Promise<boolean>): Promise<void> {
    const limited = { limit: 'secondFactor', key: userId } as const;
    await this.limits.spendAll([limited]);
    if (await use()) return this.limits.refund([limited]);
    await this.limits.restartIfExhausted(limited);
    throw invalidSecondFactor();
  }

  private async useStep(userId: string, { secret }: TwoFactorState, code: string): Promise<boolean> {
    const step = stepOf(secret, code.replace(/\s/g, ''));
    return step !== null && this.factors.useStep(userId, step);
  }

  private async requireOn(userId: string): Promise<void> {
    if (!(await this.factors.find(userId))?.confirmed) throw twoFactorOff();
  }

  private async replaceCodes(userId: string): Promise<string[]> {
    const codes = newRecoveryCodes();
    await this.factors.setCodes(userId, codes.map(recoveryHash));
    return codes;
  }
}
