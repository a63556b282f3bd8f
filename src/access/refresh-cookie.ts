import { Injectable } from '@nestjs/common';
import { serialize } from 'cookie';
import type { FastifyReply } from 'fastify';
import { Config } from '../config.js';
import { REFRESH_COOKIE } from './credentials.js';
import { type RefreshTokenSource, Tokens } from './tokens.js';

/** Writes and clears the `refreshToken` cookie. */
@Injectable()
export class RefreshCookieWriter {
  constructor(
    private readonly config: Config,
    private readonly tokens: Tokens,
  ) {}

  set(reply: FastifyReply, source: RefreshTokenSource): void {
    const { token, lifetime } = this.tokens.refreshToken(source);
    reply.header('set-cookie', this.serialize(token, lifetime));
  }

  clear(reply: FastifyReply): void {
    reply.header('set-cookie', this.serialize('', 0));
  }

  private serialize(value: string, maxAge: number): string {
    const { secure, sameSite } = this.config.cookie;
    const path = this.config.basePath || '/';
    return serialize(REFRESH_COOKIE, value, { path, httpOnly: true, maxAge, sameSite, secure });
  }
}
