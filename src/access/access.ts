import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { RouteAccess } from '../openapi/access-metadata.js';
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
  /** The token as it came. */
  readonly accessToken: string;
}

export type Viewer = CookieViewer | BearerViewer;

declare module 'fastify' {
  interface FastifyRequest {
    viewer?: Viewer | null;
  }
}

/** For everybody; credentials are not even read. */
export const Open = () => RouteAccess({ kind: 'open' });
/** For the machines that watch over the service: never limited, and served under overload, too. */
export const Probe = () =>
  applyDecorators(
    RouteAccess({ kind: 'open', unlimited: true }),
    RouteConfig({ unlimited: true }) as MethodDecorator,
  );
/** For partners' servers, by client key, which the route itself checks; readers' credentials never count. */
export const ClientKey = () => RouteAccess({ kind: 'open', clientKey: true });
/** For everybody; a credential shows more. */
export const Anyone = () => RouteAccess({ kind: 'anyone' });
/** For users, by cookie or Bearer. */
export const SignedIn = (options: { endsSession?: boolean } = {}) =>
  RouteAccess({ kind: 'signed-in', ...options });
/** For users whose roles hold the permission, by cookie or Bearer. */
export const RequirePermission = (permission: Permission) => RouteAccess({ kind: 'signed-in', permission });
/** For users, by Bearer alone. */
export const BearerOnly = (options: { endsSession?: boolean } = {}) =>
  RouteAccess({ kind: 'bearer', ...options });
/** For users with the role `admin`, by Bearer alone. */
export const AdministratorByBearer = () => RouteAccess({ kind: 'bearer', administrator: true });
/** For the holder of a refresh cookie. */
export const RefreshCookie = () => RouteAccess({ kind: 'refresh' });

/** The user who asks, on routes for users. */
export const CurrentViewer = createParamDecorator((_: unknown, context: ExecutionContext): Viewer => {
  const { viewer } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!viewer) throw new Error('This route has no viewer: its access is for everybody');
  return viewer;
});

/** The user who asks, or null, on routes for everybody. */
export const MaybeViewer = createParamDecorator(
  (_: unknown, context: ExecutionContext): Viewer | null =>
    context.switchToHttp().getRequest<FastifyRequest>().viewer ?? null,
);
