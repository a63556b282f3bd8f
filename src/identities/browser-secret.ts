import { createHash, createHmac, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { parseCookie, serialize } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config.js';
import type { Visit } from './providers.js';

const COOKIE = 'oidc';
/** Seconds; as long as an attempt. */
const LIFETIME = 10 * 60;

/**
 * The secret that binds visits to a provider to a browser. Nonce and verifier of a visit are derived from it, so that
 * the database has neither.
 */
@Injectable()
export class BrowserSecret {
  constructor(private readonly config: Config) {}

  /** The secret of a request's browser, or a new one, which the answer sets. Tabs share it. */
  ensure(request: FastifyRequest, reply: FastifyReply): string {
    const secret = this.read(request) ?? randomBytes(32).toString('base64url');
    const { secure, sameSite } = this.config.cookie;
    const path = `${this.config.basePath}/auth/`;
    reply.header(
      'set-cookie',
      serialize(COOKIE, secret, { path, httpOnly: true, maxAge: LIFETIME, sameSite, secure }),
    );
    return secret;
  }

  read(request: FastifyRequest): string | null {
    const secret = parseCookie(request.headers.cookie ?? '')[COOKIE] ?? '';
    return /^[\w-]{43}$/.test(secret) ? secret : null;
  }
}

/** The secrets of the visit that a state belongs to. */
export function visitOf(secret: string, state: string): Visit {
  const derive = (purpose: string) =>
    createHmac('sha256', secret).update(`${purpose} ${state}`).digest('base64url');
  return { state, nonce: derive('nonce'), verifier: derive('verifier') };
}

export function newState(): string {
  return randomBytes(32).toString('base64url');
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
