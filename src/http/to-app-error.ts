import { HttpException } from '@nestjs/common';
import {
  AppError,
  insufficientStorage,
  internalError,
  invalidParameters,
  notFound,
  payloadTooLarge,
  type ErrorFactory,
  serviceUnavailable,
  forbidden,
  tooManyRequests,
  unauthorized,
  unsupportedMediaType,
  userNotFound,
} from './app-error.js';

/** `Retry-After` in seconds when the database is unavailable. */
const RETRY_AFTER = 2;

const BY_STATUS: Record<number, ErrorFactory> = {
  400: invalidParameters,
  401: unauthorized,
  403: forbidden,
  404: notFound,
  405: notFound,
  406: notFound,
  413: payloadTooLarge,
  414: invalidParameters,
  415: unsupportedMediaType,
  429: tooManyRequests,
  431: invalidParameters,
};

/**
 * SQLSTATE codes, by prefix, of invalid input and of temporary failures. Unique and foreign key violations are not
 * here: the repositories that can cause them handle them, except foreign keys to a user or client: see `isKeyOf`.
 */
const BY_SQLSTATE: readonly [prefix: string, factory: ErrorFactory][] = [
  ['22', invalidParameters],
  ['08P01', invalidParameters],
  ['08', serviceUnavailable],
  ['40', serviceUnavailable],
  ['53100', insufficientStorage],
  ['53', serviceUnavailable],
  ['55P03', serviceUnavailable],
  ['57', serviceUnavailable],
  ['25006', serviceUnavailable],
];

const FOREIGN_KEY = '23503';

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
]);
/** Messages of network errors of `pg` that have no code. */
const NETWORK_MESSAGES =
  /timeout exceeded when trying to connect|timeout expired|Connection terminated|Client was closed|not queryable|Client has encountered a connection error|Query read timeout/;

/** Converts everything thrown into an `AppError`. No other function does so. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const factory = factoryFor(thrown);
  return factory({
    cause: thrown,
    ...(factory === serviceUnavailable ? { retryAfter: RETRY_AFTER } : {}),
  });
}

function factoryFor(thrown: unknown): ErrorFactory {
  if (thrown instanceof HttpException) return BY_STATUS[thrown.getStatus()] ?? internalError;
  if (!(thrown instanceof Error)) return internalError;
  const { code, statusCode } = thrown as { code?: unknown; statusCode?: unknown };
  if (typeof code === 'string') {
    if (code === 'ENOSPC') return insufficientStorage;
    if (code.startsWith('FST_')) return fastifyError(code, statusCode);
    if (code === FOREIGN_KEY && isKeyOf(thrown, 'user')) return userNotFound;
    if (code === FOREIGN_KEY && isKeyOf(thrown, 'client')) return invalidParameters;
    if (NETWORK_CODES.has(code) && 'syscall' in thrown)
      return isFileError(thrown) ? internalError : serviceUnavailable;
    if (code === '53100' && isSharedMemory(thrown)) return serviceUnavailable;
    if (/^[0-9A-Z]{5}$/.test(code)) {
      return BY_SQLSTATE.find(([prefix]) => code.startsWith(prefix))?.[1] ?? internalError;
    }
  }
  if (NETWORK_MESSAGES.test(thrown.message)) return serviceUnavailable;
  return typeof statusCode === 'number' ? (BY_STATUS[statusCode] ?? internalError) : internalError;
}

/** PostgreSQL reports full shared memory, which parallel plans use, with the code of a full disk. */
function isSharedMemory(thrown: Error): boolean {
  const { file } = thrown as { file?: string };
  return file === 'dsm_impl.c' || /shared memory/i.test(thrown.message);
}

/** Whether the foreign key to a user or client was violated: the owner was deleted during the request. */
function isKeyOf(thrown: Error, owner: 'user' | 'client'): boolean {
  return (thrown as { constraint?: string }).constraint?.endsWith(`_${owner}_id_foreign`) ?? false;
}

/** ENOENT on connecting to a Unix socket means that the server is down; for a file it is a defect. */
function isFileError(thrown: Error): boolean {
  return (
    (thrown as NodeJS.ErrnoException).syscall !== 'connect' &&
    (thrown as NodeJS.ErrnoException).code === 'ENOENT'
  );
}

function fastifyError(code: string, statusCode: unknown): ErrorFactory {
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return payloadTooLarge;
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return unsupportedMediaType;
  return typeof statusCode === 'number' ? (BY_STATUS[statusCode] ?? internalError) : internalError;
}
