import { type CanActivate, type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config.js';
import { type AppError, forbidden, unauthorized, userNotFound } from '../http/app-error.js';
import { addressKey } from '../http/client-address.js';
import { RateLimits } from '../limits/rate-limits.js';
import { type Access, ACCESS } from '../openapi/access-metadata.js';
import type { Viewer } from './access.js';
import { credentialOf, isCrossSite, isSafe, readBearer } from './credentials.js';
import { ADMIN_ROLE } from '../accounts/permissions.js';
import { RefreshCookieWriter } from './refresh-cookie.js';
import { type CredentialRow, mayRefresh, type Right, SessionRepository } from './session.repository.js';
import type { Claims } from './tokens.js';
import { VerifiedTokens } from './verified-tokens.js';

/** The one guard of every route. A route that does not say what it asks is closed. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly logger = new Logger(AccessGuard.name);

  constructor(
    private readonly reflector: Reflector,
    private readonly config: Config,
    private readonly tokens: VerifiedTokens,
    private readonly sessions: SessionRepository,
    private readonly refreshCookie: RefreshCookieWriter,
    private readonly limits: RateLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    if (access === undefined) throw forbidden();
    if (access.kind === 'open') return true;
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const crossSite = isCrossSite(request, this.config.trustedOrigins);
    const refuse = async (error: AppError): Promise<never> => {
      // Whoever tries tokens is slowed down; the tabs of a reader, who is not refused, are not.
      if (access.kind === 'refresh') await this.limits.spend('refresh', addressKey(request.ip));
      // A dead cookie must not lock anybody out; but no foreign page may sign a reader out.
      if (access.endsSession && !crossSite) this.refreshCookie.clear(http.getResponse<FastifyReply>());
      throw error;
    };

    const credential = credentialOf(request, access.kind);
    const claims = credential && (await this.tokens.claims(request, credential));
    const viewer = credential && claims ? await this.resolve(credential, claims, access, request) : null;
    if (viewer === 'gone') return refuse(userNotFound());
    request.viewer = viewer;
    if (viewer === null) {
      const mayPass = access.kind === 'anyone' && credential !== 'bearer';
      if (!mayPass) return refuse(unauthorized());
      return true;
    }
    if (viewer.credential === 'cookie' && crossSite && !isSafe(request)) throw forbidden();
    if (viewer.isFirstUse) await this.sessions.markUsed(viewer.userId, viewer.sessionId, viewer.counter);
    if (!viewer.isPermitted) throw forbidden();
    return true;
  }

  /** The viewer behind the claims; null when their session has ended. */
  private async resolve(
    credential: 'bearer' | 'cookie',
    { sub, sid, cnt = -1 }: Claims,
    access: Access,
    request: FastifyRequest,
  ): Promise<Viewer | 'gone' | null> {
    const row = await this.sessions.findCredential(sub, sid, rightOf(access));
    if (row === undefined) return 'gone';
    if (row === null) return null;
    if (credential === 'cookie' && !acceptsCounter(row, cnt, access)) {
      // Reuse of a replaced refresh token means theft: the session ends (reuse detection, RFC 9700).
      if (access.kind === 'refresh') await this.sessions.end(sub, sid);
      return null;
    }
    if (row.stale) this.touch(sub, sid);
    return {
      userId: sub,
      sessionId: sid,
      credential,
      ip: request.ip,
      isPermitted: row.permitted,
      // The first token of a session has no parent that could come late.
      isFirstUse: credential === 'cookie' && cnt === row.counter && cnt > 0 && !row.used,
      counter: cnt,
      accessToken: credential === 'bearer' ? (readBearer(request) ?? '') : '',
    };
  }

  /** The list of sessions tells when each was used; nobody waits for that. */
  private touch(userId: string, sessionId: string): void {
    this.sessions.touch(userId, sessionId).catch((error: unknown) => this.logger.warn(String(error)));
  }
}

/** Whether a refresh token works for the route: elsewhere than for a refresh, the former one does for 30 seconds. */
function acceptsCounter(row: CredentialRow, counter: number, access: Access): boolean {
  return access.kind === 'refresh' || row.fresh ? mayRefresh(row, counter) : counter === row.counter;
}

/** What the route asks of its user, beyond being signed in. */
function rightOf({ permission, administrator }: Access): Right {
  if (administrator) return { role: ADMIN_ROLE };
  return permission === undefined ? null : { permission };
}
