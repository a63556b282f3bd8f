import { SetMetadata } from '@nestjs/common';

/**
 * The credentials and rights that a route requires.
 *
 * - `public`: none; credentials are ignored
 * - `optional`: none; an invalid Bearer token is refused
 * - `signed-in`: the cookie or a Bearer token
 * - `bearer`: a Bearer token only
 * - `refresh`: the cookie only; its token may already have been replaced
 */
export interface Access {
  readonly kind: 'public' | 'optional' | 'signed-in' | 'bearer' | 'refresh';
  /** The permission that one of the user's roles must grant. */
  readonly permission?: string;
  /** The scope that a personal token needs; without one, the route refuses personal tokens. */
  readonly scope?: string;
  /** Whether the user must have the role `admin`. */
  readonly administrator?: boolean;
  /** Whether the route is exempt from rate limits and load shedding. */
  readonly unlimited?: boolean;
  /** Documents that the route requires a client key. */
  readonly clientKey?: boolean;
  /** Whether the guard clears the cookie of refused requests. The handler clears the cookie of accepted ones. */
  readonly endsSession?: boolean;
}

/** The metadata key of `RouteAccess`. */
export const ACCESS = Symbol('access');

/** Declares the access to a route: the access guard enforces it, and the document describes it. */
export function RouteAccess(access: Access): MethodDecorator {
  return SetMetadata(ACCESS, access);
}
