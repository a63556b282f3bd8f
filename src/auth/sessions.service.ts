import { randomUUID } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { unauthorized } from '../http/app-error.js';
import type { Viewer } from './access.js';
import { sessionNotFound } from './auth.errors.js';
import type { Device } from './device.js';
import { type ListedSession, SessionRepository, type SessionRow } from './session.repository.js';
import { type RefreshTokenSource, SESSION_LIFETIME } from './tokens.js';

/** Signed-in browsers and apps, from sign-in to sign-out. */
@Injectable()
export class SessionsService {
  constructor(private readonly sessions: SessionRepository) {}

  /** Starts a session; what comes back makes its first refresh token. */
  async open(userId: string, device: Device): Promise<RefreshTokenSource> {
    const sessionId = randomUUID();
    return asSource(userId, sessionId, await this.sessions.open(userId, sessionId, SESSION_LIFETIME, device));
  }

  /**
   * Exchanges a refresh token for its successor. Tabs that do so at once get the same one, whoever wins; a token that
   * has been replaced for longer than the grace period ends the session, since two parties hold it.
   */
  async rotate({ userId, sessionId, counter }: Viewer): Promise<RefreshTokenSource> {
    const rotated = await this.sessions.rotate(userId, sessionId, counter);
    if (rotated) return asSource(userId, sessionId, rotated);
    const current = await this.sessions.findCurrent(userId, sessionId);
    if (current === undefined) throw unauthorized();
    const isCurrent = counter === current.counter;
    const isFormer = counter === current.counter - 1 && current.fresh;
    if (isCurrent || isFormer) return asSource(userId, sessionId, current);
    await this.sessions.end(userId, sessionId);
    throw unauthorized();
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

  /** Ends all but the viewer's own session, in the caller's transaction if there is one. */
  async endOthers({ userId, sessionId }: Viewer, em?: EntityManager): Promise<void> {
    await this.sessions.endOthers(userId, sessionId, em);
  }
}

function asSource(userId: string, sessionId: string, row: SessionRow): RefreshTokenSource {
  return { userId, sessionId, counter: row.counter, issuedAt: row.issuedAt, expires: row.expires };
}
