import { createSecretKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';

export const TOKEN_KEY = Symbol('TOKEN_KEY');
export const ISSUER = 'tankobon';
/** Each kind of token has its own audience, so that one is not accepted in place of the other. */
export const ACCESS_AUDIENCE = 'tankobon:access';
export const REFRESH_AUDIENCE = 'tankobon:refresh';

/** Lifetimes in seconds. */
const ACCESS_LIFETIME = 10 * 60;
const REFRESH_LIFETIME = 30 * 24 * 60 * 60;
export const SESSION_LIFETIME = 180 * 24 * 60 * 60;

/** The claims of both kinds of token; `cnt` is the refresh token's counter. */
export interface Claims {
  readonly sub: string;
  readonly sid: string;
  /** Seconds since 1970 when the token expires. */
  readonly exp: number;
  readonly cnt?: number;
}

/** The data that determines a refresh token: the session's row. */
export interface RefreshTokenSource {
  readonly userId: string;
  readonly sessionId: string;
  readonly counter: number;
  readonly issuedAt: Date;
  readonly expires: Date;
}

/** A `KeyObject`, because parsing a key from a string for every token takes ten times as long. */
export function tokenKey(secret: string): KeyObject {
  return createSecretKey(Buffer.from(secret, 'utf8'));
}

@Injectable()
export class Tokens {
  constructor(private readonly jwt: JwtService) {}

  /** A JWT for `Authorization: Bearer`, valid for ten minutes. */
  accessToken(userId: string, sessionId: string): string {
    return this.jwt.sign(
      { sub: userId, sid: sessionId },
      { audience: ACCESS_AUDIENCE, expiresIn: ACCESS_LIFETIME },
    );
  }

  /**
   * The JWT for the cookie. It is derived from the row alone, so that concurrent refreshes get the same token.
   *
   * @returns the token, and its lifetime in seconds from its issue
   */
  refreshToken(source: RefreshTokenSource): { token: string; lifetime: number } {
    const iat = Math.floor(source.issuedAt.getTime() / 1000);
    const exp = Math.min(iat + REFRESH_LIFETIME, Math.floor(source.expires.getTime() / 1000));
    const claims = { sub: source.userId, sid: source.sessionId, cnt: source.counter, iat, exp };
    return { token: this.jwt.sign(claims, { audience: REFRESH_AUDIENCE }), lifetime: exp - iat };
  }

  /** The options of both passport strategies. */
  static verification(key: KeyObject, audience: string) {
    return {
      // passport-jwt's types allow only strings and buffers, but jsonwebtoken accepts a `KeyObject`.
      secretOrKey: key as unknown as Buffer,
      algorithms: ['HS256' as const],
      issuer: ISSUER,
      audience,
    };
  }
}
