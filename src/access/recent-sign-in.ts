import { Injectable } from '@nestjs/common';
import { unauthorized } from '../http/app-error.js';
import type { SessionViewer } from './access.js';
import { PasswordAttempts } from './password-attempts.js';
import { Passwords } from './passwords.js';
import { SessionRepository } from './session.repository.js';
import { signInAgain } from './sessions.errors.js';

/** Protects what a stolen session must not change: credentials and the address. */
@Injectable()
export class RecentSignIn {
  constructor(
    private readonly sessions: SessionRepository,
    private readonly passwords: Passwords,
    private readonly attempts: PasswordAttempts,
  ) {}

  /**
   * Requires that the session was opened by a sign-in of the last 15 minutes, or the current password.
   *
   * @throws unauthorized, signInAgain, tooManyRequests after too many wrong passwords
   */
  async require(
    { userId, sessionId, ip }: SessionViewer,
    currentPassword: string | undefined,
  ): Promise<void> {
    const signIn = await this.sessions.findSignIn(userId, sessionId);
    // The session has ended since the guard accepted it.
    if (signIn === undefined) throw unauthorized();
    const { recent, passwordHash } = signIn;
    if (recent) return;
    if (currentPassword === undefined) throw signInAgain();
    const attempt = await this.attempts.begin(userId, ip);
    if (!(await this.passwords.matches(currentPassword, passwordHash))) throw signInAgain();
    await attempt.succeed();
  }
}
