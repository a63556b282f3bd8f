import { SetMetadata } from '@nestjs/common';

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
  /** The permission that a role of the user must have. */
  readonly permission?: string;
  readonly administrator?: boolean;
  /** Whether neither limits nor overload refuse requests. */
  readonly unlimited?: boolean;
  /** Documents that the route asks for a client's key. */
  readonly clientKey?: boolean;
  /** Clears the cookie of a request that is refused, too; the handler clears it when the session has ended. */
  readonly endsSession?: boolean;
}

/** The key of a route's access in its metadata. */
export const ACCESS = Symbol('access');

/** Declares what a route asks of its caller: the access guard enforces it, and the document says it. */
export function RouteAccess(access: Access): MethodDecorator {
  return SetMetadata(ACCESS, access);
}
