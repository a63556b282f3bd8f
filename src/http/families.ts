import { STATUS_CODES } from 'node:http';
import type { AppError, FieldError } from './app-error.js';

/**
 * Four groups of routes with different conventions. A, B and C have the same error format; D has its own.
 *
 * - `A` the user routes of the frontends, and all routes that belong to no other family
 * - `B` `/users/…`, with a Bearer token only
 * - `C` avatars and photos
 * - `D` deletion of photos, with a client key
 */
export type Family = 'A' | 'B' | 'C' | 'D';

/** The family of a path. */
export function familyOf(path: string): Family {
  if (path.startsWith('/api/4/')) return 'D';
  if (path.startsWith('/v1/')) return 'C';
  if (/^\/users(\/(current|[^/]+))?\/?$/.test(path)) return 'B';
  return 'A';
}

/** The body of an error in families A, B and C, and of the answer to a change. */
export interface ResponseBody {
  readonly data: string;
  readonly code: number;
  readonly errors?: FieldError[];
}

/** The body of every answer of family D. */
export interface EnvelopeBody {
  readonly Response: 'Success' | 'Error';
  readonly Message: string;
  readonly Data: null;
  readonly ErrorCode: string;
}

/** The body of the answer to a successful change. */
export function success(message: string, code = 200): ResponseBody {
  return { data: message, code };
}

/** The body of an error in the format of a family. */
export function renderError(family: Family, error: AppError): ResponseBody | EnvelopeBody {
  const { status, message, code } = error.definition;
  if (family === 'D')
    return { Response: 'Error', Message: message, Data: null, ErrorCode: code ?? String(status) };
  const { details, fields } = error.extra;
  return {
    data: message,
    code: status,
    ...(details === undefined ? {} : { errors: details }),
    ...fields,
  };
}

/** A complete HTTP/1.1 response as text, for requests that the parser rejects: see `client-errors.ts`. */
export function renderRawError(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): string {
  const body = JSON.stringify({ data: message, code: status } satisfies ResponseBody);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    'Cache-Control: no-store',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
