import { type CanActivate, type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config.js';
import { accountSuspended, type AppError, forbidden, unauthorized, userNotFound } from '../http/app-error.js';
import { addressKey } from '../http/client-address.js';
import { RateLimits } from '../limits/rate-limits.js';
import { type Access, ACCESS } from '../openapi/access-metadata.js';
import type { CookieViewer, Viewer } from './access.js';
import { credentialOf, isCrossSite, isSafe, readBearer } from './credentials.js';
import { ADMIN_ROLE } from '../accounts/permissions.js';
import { isPersonalToken } from './personal-token.js';
import { PersonalTokens } from './personal-tokens.js';
import { RequestKeys } from './request-keys.js';
import { RefreshCookieWriter } from './refresh-cookie.js';
import {
  type CredentialState,
  mayRefresh,
  type NoSession,
  type Right,
  SessionRepository,
} from './session.repository.js';
import type { Claims } from './tokens.js';
import { VerifiedTokens } from './verified-tokens.js';

/** The state in the database of the session that a valid token belongs to. */
type Resolution =
  | {
      readonly kind: 'signed-in';
      readonly viewer: Viewer;
      /** Whether the viewer has the right that the route requires. */
      readonly isPermitted: boolean;
      /** Whether an administrator has suspended the viewer. */
      readonly isSuspended: boolean;
      /** Whether the credential may be used on the route: false for a personal token without its scope. */
      readonly isInScope: boolean;
      /** Set if the cookie holds a successor token that is used for the first time. */
      readonly firstUse: CookieViewer | null;
    }
  | NoSession;

/** The guard of all routes. It denies by default: a route without an access decorator is forbidden. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly logger = new Logger(AccessGuard.name);

  constructor(
    private readonly reflector: Reflector,
    private readonly config: Config,
    private readonly tokens: VerifiedTokens,
    private readonly personalTokens: PersonalTokens,
    private readonly sessions: SessionRepository,
    private readonly refreshCookie: RefreshCookieWriter,
    private readonly limits: RateLimits,
    private readonly requestKeys: RequestKeys,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    if (access === undefined) throw forbidden();
    if (access.kind === 'public') return true;
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const crossSite = isCrossSite(request, this.config.trustedOrigins);
    const refuse = async (error: AppError): Promise<never> => {
      // Only failed refreshes count against the limit.
      if (access.kind === 'refresh') await this.limits.spend('refresh', addressKey(request.ip));
      // An invalid cookie is cleared, but not for requests of other sites, which must not be able to sign a user out.
      if (access.endsSession && !crossSite) this.refreshCookie.clear(http.getResponse<FastifyReply>());
      throw error;
    };

    const credential = credentialOf(request, access.kind);
    const found = credential && (await this.authenticate(credential, access, request));
    if (found?.kind === 'no-user') return refuse(userNotFound());
    if (found?.kind !== 'signed-in') {
      request.viewer = null;
      const mayPass = access.kind === 'optional' && credential !== 'bearer';
      if (!mayPass) return refuse(unauthorized());
      return true;
    }
    const { viewer, isPermitted, isSuspended, isInScope, firstUse } = found;
    request.viewer = viewer;
    if (viewer.credential === 'cookie' && crossSite && !isSafe(request)) throw forbidden();
    if (isSuspended) return refuse(accountSuspended());
    if (firstUse) await this.sessions.markUsed(firstUse.userId, firstUse.sessionId, firstUse.counter);
    if (!isInScope) throw forbidden();
    if (!isPermitted) throw forbidden();
    return true;
  }

  /** The viewer that the credential identifies; null if it is malformed, expired or forged. */
  private async authenticate(
    credential: 'bearer' | 'cookie',
    access: Access,
    request: FastifyRequest,
  ): Promise<Resolution | null> {
    const bearer = credential === 'bearer' ? readBearer(request) : null;
    if (bearer && isPersonalToken(bearer)) return this.resolveToken(bearer, access, request);
    const claims = await this.tokens.claims(request, credential);
    return claims && this.resolve(credential, claims, access, request);
  }

  /** The viewer of a personal token; null if it is unknown, expired or revoked. */
  private async resolveToken(
    bearer: string,
    access: Access,
    request: FastifyRequest,
  ): Promise<Resolution | null> {
    const found = await this.personalTokens.authenticate(bearer, access.permission);
    if (found === null) return null;
    const { userId, state } = found;
    const { ip } = request;
    this.requestKeys.countToken(request, state.id);
    return {
      kind: 'signed-in',
      viewer: { credential: 'token', userId, tokenId: state.id, ip },
      isPermitted: state.permitted,
      isSuspended: state.suspended,
      isInScope: access.scope !== undefined && state.scopes.includes(access.scope),
      firstUse: null,
    };
  }

  /** The viewer that the claims identify, unless the session has ended. */
  private async resolve(
    credential: 'bearer' | 'cookie',
    { sub: userId, sid: sessionId, cnt: counter }: Claims,
    access: Access,
    request: FastifyRequest,
  ): Promise<Resolution> {
    const found = await this.sessions.findCredential(userId, sessionId, rightOf(access));
    if (found.kind !== 'open') return found;
    const { session } = found;
    const { permitted: isPermitted, suspended: isSuspended } = session;
    const { ip } = request;
    if (credential === 'bearer') {
      if (session.stale) this.touch(userId, sessionId);
      const viewer = { userId, sessionId, ip, credential, accessToken: verifiedBearer(request) };
      return { kind: 'signed-in', viewer, isPermitted, isSuspended, isInScope: true, firstUse: null };
    }
    if (counter === undefined || !acceptsCounter(session, counter, access)) {
      // Reuse of a replaced refresh token means theft: the session ends (reuse detection, RFC 9700).
      if (access.kind === 'refresh') await this.sessions.end(userId, sessionId);
      return { kind: 'ended' };
    }
    if (session.stale) this.touch(userId, sessionId);
    const viewer = { userId, sessionId, ip, credential, counter };
    // The first token of a session replaced no token, so that its use need not be recorded.
    const isFirstUse = counter === session.counter && counter > 0 && !session.used;
    return {
      kind: 'signed-in',
      viewer,
      isPermitted,
      isSuspended,
      isInScope: true,
      firstUse: isFirstUse ? viewer : null,
    };
  }

  /** Records the time of use for the list of sessions. Not awaited, because the response does not depend on it. */
  private touch(userId: string, sessionId: string): void {
    this.sessions.touch(userId, sessionId).catch((error: unknown) => this.logger.warn(String(error)));
  }
}

/** The Bearer token of a request, after its signature has been verified. */
function verifiedBearer(request: FastifyRequest): string {
  const token = readBearer(request);
  if (!token) throw unauthorized();
  return token;
}

/**
 * Whether a refresh token is valid for the route. Outside of `/auth/refresh` the replaced token is valid for 30
 * seconds.
 */
function acceptsCounter(session: CredentialState, counter: number, access: Access): boolean {
  return access.kind === 'refresh' || session.fresh
    ? mayRefresh(session, counter)
    : counter === session.counter;
}

/** The role or permission that the route requires. */
function rightOf({ permission, administrator }: Access): Right {
  if (administrator) return { role: ADMIN_ROLE };
  return permission === undefined ? null : { permission };
}
