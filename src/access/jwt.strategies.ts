import type { KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import type { FastifyRequest } from 'fastify';
import { USER_ID_PATTERN } from '../http/ids.js';
import { readBearer, readRefreshCookie } from './credentials.js';
import { ACCESS_AUDIENCE, type Claims, REFRESH_AUDIENCE, TOKEN_KEY, Tokens } from './tokens.js';

/** Verifies the access token in `Authorization: Bearer`. */
@Injectable()
export class BearerStrategy extends PassportStrategy(Strategy, 'bearer') {
  constructor(@Inject(TOKEN_KEY) key: KeyObject) {
    super({
      ...Tokens.verification(key, ACCESS_AUDIENCE),
      jwtFromRequest: (request: unknown) => readBearer(request as FastifyRequest) ?? null,
    });
  }

  validate(claims: Claims): Claims | false {
    return hasSession(claims) && claims;
  }
}

/** Verifies the refresh token in the cookie. */
@Injectable()
export class CookieStrategy extends PassportStrategy(Strategy, 'cookie') {
  constructor(@Inject(TOKEN_KEY) key: KeyObject) {
    super({
      ...Tokens.verification(key, REFRESH_AUDIENCE),
      jwtFromRequest: (request: unknown) => readRefreshCookie(request as FastifyRequest) ?? null,
    });
  }

  validate(claims: Claims): Claims | false {
    return hasSession(claims) && Number.isInteger(claims.cnt) && claims;
  }
}

function hasSession({ sub, sid }: Claims): boolean {
  return USER_ID_PATTERN.test(sub) && /^[0-9a-f-]{36}$/.test(sid);
}
