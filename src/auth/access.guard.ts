import { type CanActivate, type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config.js';
import { type AppError, forbidden, unauthorized, userNotFound } from '../http/app-error.js';
import { addressKey, RateLimits } from '../http/rate-limits.js';
import { type Access, ACCESS, type Viewer } from './access.js';
import { credentialOf, isCrossSite, isSafe, readBearer } from './credentials.js';
import { BearerVerifier, CookieVerifier } from './jwt.strategies.js';
import { RefreshCookieWriter } from './refresh-cookie.js';
import { SessionRepository } from './session.repository.js';
import type { Claims } from './tokens.js';

/** The one guard of every route. A route that does not say what it asks is closed. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly logger = new Logger(AccessGuard.name);

  constructor(
    private readonly reflector: Reflector,
    private readonly config: Config,
    private readonly bearer: BearerVerifier,
    private readonly cookie: CookieVerifier,
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
    const claims = credential && (await this.verify(credential, context));
    const viewer = credential && claims ? await this.resolve(credential, claims, access, request) : null;
    if (viewer === 'gone') return refuse(userNotFound());
    request.viewer = viewer;
    if (viewer === null) {
      const mayPass = access.kind === 'anyone' && credential !== 'bearer';
      if (!mayPass) return refuse(unauthorized());
      return true;
    }
    if (viewer.credential === 'cookie' && crossSite && !isSafe(request)) throw forbidden();
    if (access.permission !== undefined && !viewer.permissions.has(access.permission)) throw forbidden();
    if (access.administrator && !viewer.isAdministrator) throw forbidden();
    return true;
  }

  /** The claims of a token that we signed and that has not expired, or null. */
  private async verify(credential: 'bearer' | 'cookie', context: ExecutionContext): Promise<Claims | null> {
    await (credential === 'bearer' ? this.bearer : this.cookie).canActivate(context);
    return context.switchToHttp().getRequest<{ user: Claims | null }>().user;
  }

  /** The viewer behind the claims; null when their session has ended. */
  private async resolve(
    credential: 'bearer' | 'cookie',
    { sub, sid, cnt = -1 }: Claims,
    access: Access,
    request: FastifyRequest,
  ): Promise<Viewer | 'gone' | null> {
    const row = await this.sessions.findCredential(sub, sid);
    if (row === undefined) return 'gone';
    if (row.counter === null) return null;
    // The former refresh token works for a moment. Whoever refreshes with an older one shares it with somebody else.
    const isCurrent = cnt === row.counter || (cnt === row.counter - 1 && row.fresh === true);
    if (credential === 'cookie' && !isCurrent) {
      if (access.kind === 'refresh') await this.sessions.end(sub, sid);
      return null;
    }
    if (row.stale) this.touch(sub, sid);
    return {
      userId: sub,
      sessionId: sid,
      credential,
      ip: request.ip,
      isAdministrator: row.administrator,
      permissions: new Set(row.permissions),
      counter: cnt,
      accessToken: credential === 'bearer' ? (readBearer(request) ?? '') : '',
    };
  }

  /** The list of sessions tells when each was used; nobody waits for that. */
  private touch(userId: string, sessionId: string): void {
    this.sessions.touch(userId, sessionId).catch((error: unknown) => this.logger.warn(String(error)));
  }
}
