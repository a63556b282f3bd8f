import { STATUS_CODES } from 'node:http';
import type { AppError, FieldError } from './app-error.js';

/**
 * The four sources that the API joins. A, B and C (and everything new) share one shape of errors; D has its own.
 *
 * - `A` the user routes of the frontends, and everything that has no source of its own
 * - `B` users, by Bearer alone
 * - `C` avatars and photos
 * - `D` deletion of photos by client key
 */
export type Family = 'A' | 'B' | 'C' | 'D';

/** Which family a path belongs to. Every path is in exactly one. */
export function familyOf(path: string): Family {
  if (path.startsWith('/api/4/')) return 'D';
  if (path.startsWith('/v1/')) return 'C';
  if (/^\/users(\/(current|[^/]+))?\/?$/.test(path)) return 'B';
  return 'A';
}

/** The error body of families A, B and C, and the answer to a change. */
export interface ResponseBody {
  readonly data: string;
  readonly code: number;
  readonly errors?: FieldError[];
}

/** Family D's body, for success and failure alike. */
export interface EnvelopeBody {
  readonly Response: 'Success' | 'Error';
  readonly Message: string;
  readonly Data: null;
  readonly ErrorCode: string;
}

/** The answer to a change that succeeded: its message and its status. */
export function success(message: string, code = 200): ResponseBody {
  return { data: message, code };
}

/** What a family answers to an error. */
export function renderError(family: Family, error: AppError): ResponseBody | EnvelopeBody {
  const { status, message, code } = error.definition;
  if (family === 'D')
    return { Response: 'Error', Message: message, Data: null, ErrorCode: code ?? String(status) };
  const details = error.extra.details;
  return details ? { data: message, code: status, errors: details } : { data: message, code: status };
}

/** A whole HTTP/1.1 response for requests that never became one: see `client-errors.ts`. */
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
