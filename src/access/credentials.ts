import type { FastifyRequest } from 'fastify';
import type { Access } from '../openapi/access-metadata.js';

export const REFRESH_COOKIE = 'refreshToken';

/**
 * The token after `Authorization: Bearer`; undefined if the scheme is not used, null if the token is missing or
 * malformed.
 */
export function readBearer(request: FastifyRequest): string | null | undefined {
  const match = /^bearer(?:\s+(.*))?$/i.exec(request.headers.authorization ?? '');
  if (match === null) return undefined;
  const token = match[1]?.trim() ?? '';
  return token === '' || /\s/.test(token) ? null : token;
}

/**
 * The token of the refresh cookie; undefined without the cookie, null if the cookie is empty or sent more than once.
 */
export function readRefreshCookie(request: FastifyRequest): string | null | undefined {
  const header = request.headers.cookie;
  if (header === undefined || !header.includes(REFRESH_COOKIE)) return undefined;
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${REFRESH_COOKIE}=`))
    .map((pair) => pair.slice(REFRESH_COOKIE.length + 1));
  if (values.length === 0) return undefined;
  return values.length === 1 ? unquoted(values[0] ?? '') : null;
}

function unquoted(value: string): string | null {
  return value.replace(/^"(.*)"$/, '$1') || null;
}

/** The credential that authenticates a request. A Bearer token has precedence over the cookie. */
export function credentialOf(request: FastifyRequest, kind: Access['kind']): 'bearer' | 'cookie' | null {
  if (kind !== 'refresh' && readBearer(request) !== undefined) return 'bearer';
  if (kind !== 'bearer' && readRefreshCookie(request) !== undefined) return 'cookie';
  return null;
}

/**
 * Whether the request may come from a page of another site (CSRF): its `Origin` is not trusted or, without an `Origin`,
 * `Sec-Fetch-Site` is `cross-site` or `same-site`.
 */
export function isCrossSite(request: FastifyRequest, trustedOrigins: readonly string[]): boolean {
  const { origin } = request.headers;
  if (origin !== undefined) return !trustedOrigins.includes(origin);
  const site = request.headers['sec-fetch-site'];
  return site === 'cross-site' || site === 'same-site';
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether the request's method is safe (RFC 9110, 9.2.1). */
export function isSafe(request: FastifyRequest): boolean {
  return SAFE_METHODS.has(request.method);
}
