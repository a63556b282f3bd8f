import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RouteAccess } from '../openapi/access-metadata.js';
import { RouteOption } from '../http/route-option.js';
import type { TokenScope } from '../accounts/personal-token.entity.js';
import type { Permission } from '../accounts/permissions.js';

/** The signed-in user of a request, verified against the database. */
interface SignedInUser {
  readonly userId: string;
  readonly sessionId: string;
  /** The client's address, for the audit log. */
  readonly ip: string;
}

/** A user who is signed in by the refresh cookie. */
export interface CookieViewer extends SignedInUser {
  readonly credential: 'cookie';
  /** The refresh token's counter. */
  readonly counter: number;
}

/** A user who is signed in by `Authorization: Bearer`. */
export interface BearerViewer extends SignedInUser {
  readonly credential: 'bearer';
  /** The token of the request. */
  readonly accessToken: string;
}

/** A program that acts for a user, by a personal token. It has no session. */
export interface TokenViewer {
  readonly credential: 'token';
  readonly userId: string;
  readonly tokenId: string;
  readonly ip: string;
}

/** A user who is signed in by a session. Routes without a scope for personal tokens have no other viewers. */
export type SessionViewer = CookieViewer | BearerViewer;

export type Viewer = SessionViewer | TokenViewer;

declare module 'fastify' {
  interface FastifyRequest {
    viewer?: Viewer | null;
  }
}

/** Public; credentials are not read. */
export const Public = () => RouteAccess({ kind: 'public' });
/** Public, for monitoring: not rate-limited, and served under overload. */
export const Probe = () =>
  applyDecorators(RouteAccess({ kind: 'public', unlimited: true }), RouteOption({ unlimited: true }));
/** For clients' servers, with a client key, which the route's own guard checks. Users' credentials are ignored. */
export const ClientKey = () => RouteAccess({ kind: 'public', clientKey: true });
/** Public; the answer may depend on the signed-in user. A personal token needs the scope `read`. */
export const OptionalAuth = () => RouteAccess({ kind: 'optional', scope: 'read' satisfies TokenScope });
/** For users, with a cookie or a Bearer token. @param options `scope` admits personal tokens that have it */
export const SignedIn = (options: { endsSession?: boolean; scope?: TokenScope } = {}) =>
  RouteAccess({ kind: 'signed-in', ...options });
/** For users whose roles grant the permission, with a cookie or a Bearer token. */
export const RequirePermission = (permission: Permission, options: { scope?: TokenScope } = {}) =>
  RouteAccess({ kind: 'signed-in', permission, ...options });
/** For users, with a Bearer token only. */
export const BearerOnly = (options: { endsSession?: boolean } = {}) =>
  RouteAccess({ kind: 'bearer', ...options });
/** For users with the role `admin`, with a Bearer token only. */
export const AdministratorByBearer = () => RouteAccess({ kind: 'bearer', administrator: true });
/** For users, with the refresh cookie only. */
export const RefreshCookie = () => RouteAccess({ kind: 'refresh' });

/** The signed-in user, on routes that require one. */
export const CurrentViewer = createParamDecorator((_: unknown, context: ExecutionContext): Viewer => {
  const { viewer } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!viewer) throw new Error('This route has no viewer: it does not require a signed-in user');
  return viewer;
});

/** The signed-in user, or null, on routes with `@OptionalAuth`. */
export const OptionalViewer = createParamDecorator(
  (_: unknown, context: ExecutionContext): Viewer | null =>
    context.switchToHttp().getRequest<FastifyRequest>().viewer ?? null,
);
