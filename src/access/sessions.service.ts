import { randomUUID } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { unauthorized, userNotFound } from '../http/app-error.js';
import type { Viewer } from './access.js';
import { sessionNotFound } from './sessions.errors.js';
import type { Device } from './device.js';
import { ADMIN_ROLE } from '../accounts/permissions.js';
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
   * @returns what its first refresh token is made from; null when the login has been overtaken by a change of the
   *   password or the end of the account
   */
  async open(login: Login, device: Device): Promise<RefreshTokenSource | null> {
    const sessionId = randomUUID();
    const row = await this.sessions.open(login, sessionId, SESSION_LIFETIME, device);
    return row === undefined ? null : asSource(login.id, sessionId, row);
  }

  /**
   * Exchanges a refresh token that the guard has let pass for its successor. Tabs that do so at once get the same one,
   * whoever wins.
   */
  async rotate({ userId, sessionId, counter }: Viewer): Promise<RefreshTokenSource> {
    const rotated = await this.sessions.rotate(userId, sessionId, counter);
    if (rotated) return asSource(userId, sessionId, rotated);
    const current = await this.sessions.findCurrent(userId, sessionId);
    if (current === undefined) throw userNotFound();
    if (current === null || !mayRefresh(current, counter)) throw unauthorized();
    return asSource(userId, sessionId, current);
  }

  /** Whether the viewer holds the administrators' role. */
  async isAdministrator({ userId }: Viewer): Promise<boolean> {
    return this.sessions.holdsRole(userId, ADMIN_ROLE);
  }

  async list(userId: string): Promise<ListedSession[]> {
    return this.sessions.list(userId);
  }

  /** @throws sessionNotFound when the user has no such session */
  async end(userId: string, sessionId: string): Promise<void> {
    if (!(await this.sessions.end(userId, sessionId))) throw sessionNotFound();
  }

  /** Ends the session if it is still there. */
  async signOut({ userId, sessionId }: Viewer): Promise<void> {
    await this.sessions.end(userId, sessionId);
  }

  /** Signs a user out everywhere, in the caller's transaction. */
  async endAll(userId: string, em: EntityManager): Promise<void> {
    await this.sessions.endAll(userId, em);
  }

  /**
   * Ends all but the viewer's own session, in the caller's transaction if there is one.
   *
   * @throws unauthorized in a transaction that finds the viewer's own session ended: somebody was faster
   */
  async endOthers({ userId, sessionId }: Viewer, em?: EntityManager): Promise<void> {
    if (em !== undefined && !(await this.sessions.isOpen(em, userId, sessionId))) throw unauthorized();
    await this.sessions.endOthers(userId, sessionId, em);
  }
}

function asSource(userId: string, sessionId: string, row: SessionRow): RefreshTokenSource {
  return { userId, sessionId, counter: row.counter, issuedAt: row.issuedAt, expires: row.expires };
}
