import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Permission } from './permissions.js';

/**
 * What a route asks of its caller.
 *
 * - `open` ignores credentials
 * - `anyone` needs none, and refuses a bad Bearer token
 * - `signed-in` takes the cookie or a Bearer token
 * - `bearer` takes a Bearer token alone
 * - `refresh` takes the cookie alone, also one that has been rotated
 */
export interface Access {
  readonly kind: 'open' | 'anyone' | 'signed-in' | 'bearer' | 'refresh';
  readonly permission?: Permission;
  readonly administrator?: boolean;
  /** Whether neither limits nor overload refuse anybody. */
  readonly unlimited?: boolean;
  /** Documents that the route asks for a client's key. */
  readonly clientKey?: boolean;
  /** Clears the cookie of whoever is refused for it, too; the handler clears it when the session has ended. */
  readonly endsSession?: boolean;
}

/** Where a route's access waits in its metadata and in the document. */
export const ACCESS = 'x-access';

/** Who is asking, as the database says at this moment. */
export interface Viewer {
  readonly userId: string;
  readonly sessionId: string;
  readonly credential: 'cookie' | 'bearer';
  /** Where the request comes from, for the audit log. */
  readonly ip: string;
  /** Whether they hold the permission or role that the route asks for; true where it asks for none. */
  readonly isPermitted: boolean;
  /** Whether a cookie's refresh token is the successor of another one, and is used for the first time. */
  readonly isFirstUse: boolean;
  /** The refresh token's counter; -1 for a Bearer request. */
  readonly counter: number;
  /** The Bearer token as it came; empty for a cookie. */
  readonly accessToken: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    viewer?: Viewer | null;
  }
}

function require(access: Access): MethodDecorator {
  return applyDecorators(SetMetadata(ACCESS, access), ApiExtension(ACCESS, access));
}

/** For everybody; credentials are not even read. */
export const Open = () => require({ kind: 'open' });
/** For the machines that watch over the service: never limited, and served under overload, too. */
export const Probe = () =>
  applyDecorators(
    require({ kind: 'open', unlimited: true }),
    RouteConfig({ unlimited: true }) as MethodDecorator,
  );
/** For partners' servers, by client key, which the route itself checks; readers' credentials never count. */
export const ClientKey = () => require({ kind: 'open', clientKey: true });
/** For everybody; a credential shows more. */
export const Anyone = () => require({ kind: 'anyone' });
/** For users, by cookie or Bearer. */
export const SignedIn = (options: { endsSession?: boolean } = {}) =>
  require({ kind: 'signed-in', ...options });
/** For users whose roles hold the permission, by cookie or Bearer. */
export const RequirePermission = (permission: Permission) => require({ kind: 'signed-in', permission });
/** For users, by Bearer alone. */
export const BearerOnly = (options: { endsSession?: boolean } = {}) =>
  require({ kind: 'bearer', ...options });
/** For users with the role `admin`, by Bearer alone. */
export const AdministratorByBearer = () => require({ kind: 'bearer', administrator: true });
/** For the holder of a refresh cookie. */
export const RefreshCookie = () => require({ kind: 'refresh' });

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
