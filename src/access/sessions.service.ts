import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { unauthorized, userNotFound } from '../http/app-error.js';
import type { CookieViewer, SessionViewer } from './access.js';
import { sessionNotFound } from './sessions.errors.js';
import type { Device } from './device.js';
import {
  type ListedSession,
  type Login,
  mayRefresh,
  SessionRepository,
  type SessionRow,
} from './session.repository.js';
import { type RefreshTokenSource, SESSION_LIFETIME } from './tokens.js';

/** Signed-in browsers and apps, from sign-in to sign-out. */
@Injectable()
export class SessionsService {
  constructor(private readonly sessions: SessionRepository) {}

  /**
   * Starts a session.
   *
   * @param secondFactor whether the second factor was given, or the sign-in needs none
   * @returns the source of its first refresh token; null if, since the login was verified, the account was deleted or
   *   suspended, its password changed, or a second factor turned on
   */
  async open(login: Login, device: Device, secondFactor: boolean): Promise<RefreshTokenSource | null> {
    const sessionId = randomUUID();
    const row = await this.sessions.open(login, secondFactor, sessionId, SESSION_LIFETIME, device);
    return row === undefined ? null : asSource(login.id, sessionId, row);
  }

  /**
   * Exchanges a refresh token that the guard has accepted for its successor. Concurrent refreshes get the same
   * successor.
   *
   * @throws userNotFound, unauthorized if the session has ended since the guard accepted it
   */
  async rotate({ userId, sessionId, counter }: CookieViewer): Promise<RefreshTokenSource> {
    const rotated = await this.sessions.rotate(userId, sessionId, counter);
    if (rotated) return asSource(userId, sessionId, rotated);
    const current = await this.sessions.findCurrent(userId, sessionId);
    if (current.kind === 'no-user') throw userNotFound();
    if (current.kind === 'ended' || !mayRefresh(current.session, counter)) throw unauthorized();
    return asSource(userId, sessionId, current.session);
  }

  async list(userId: string): Promise<ListedSession[]> {
    return this.sessions.list(userId);
  }

  /** @throws sessionNotFound when the user has no such session */
  async end(userId: string, sessionId: string): Promise<void> {
    if (!(await this.sessions.end(userId, sessionId))) throw sessionNotFound();
  }

  /** Ends the viewer's own session, if it still exists. */
  async signOut({ userId, sessionId }: SessionViewer): Promise<void> {
    await this.sessions.end(userId, sessionId);
  }

  /** Ends all of a user's sessions. */
  async endAll(userId: string): Promise<void> {
    await this.sessions.endAll(userId);
  }

  /** Ends all sessions of the viewer except the current one. */
  async endOthers({ userId, sessionId }: SessionViewer): Promise<void> {
    await this.sessions.endOthers(userId, sessionId);
  }

  /**
   * Starts a session for a user whom an identity provider has authenticated. It needs no second factor.
   *
   * @returns null if the account was deleted or suspended
   */
  async openForIdentity(userId: string, device: Device): Promise<RefreshTokenSource | null> {
    return this.open({ id: userId, passwordHash: null, suspended: false, twoFactor: false }, device, true);
  }

  /** Whether a session is open, as the current transaction sees it. */
  async isOpen({ userId, sessionId }: { userId: string; sessionId: string }): Promise<boolean> {
    return this.sessions.isOpen(userId, sessionId);
  }

  /** @throws unauthorized if the viewer's session has ended since the guard accepted it */
  async requireOpen({ userId, sessionId }: SessionViewer): Promise<void> {
    if (!(await this.sessions.isOpen(userId, sessionId))) throw unauthorized();
  }
}

function asSource(userId: string, sessionId: string, row: SessionRow): RefreshTokenSource {
  return { userId, sessionId, counter: row.counter, issuedAt: row.issuedAt, expires: row.expires };
}
