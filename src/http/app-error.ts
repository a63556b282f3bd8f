/** One field that a request got wrong, and why. */
export interface FieldError {
  readonly field: string;
  readonly messages: string[];
}

/** A refusal as clients see it: part of the contract, and of the OpenAPI document. */
export interface Refusal {
  readonly status: number;
  /** Public, byte for byte. */
  readonly message: string;
  /** Family D's `ErrorCode`. */
  readonly code?: string;
}

/** The one error type: everything thrown becomes one before it is answered. */
export class AppError extends Error {
  constructor(
    readonly refusal: Refusal,
    readonly extra: { details?: FieldError[]; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(refusal.message, { cause: extra.cause });
  }
}

/** Makes the error of a refusal, and knows the refusal, so that decorators can document it. */
export interface RefusalFactory extends Refusal {
  (extra?: AppError['extra']): AppError;
}

/** Declares a refusal: `export const seriesNotFound = refusal(404, 'Series not found')`, then `throw seriesNotFound()`. */
export function refusal(status: number, message: string, code?: string): RefusalFactory {
  const properties: Refusal = code === undefined ? { status, message } : { status, message, code };
  const factory = (extra: AppError['extra'] = {}) => new AppError(properties, extra);
  return Object.assign(factory, properties);
}

export const missingParameters = refusal(400, 'Required parameters missing');
export const invalidParameters = refusal(400, 'Invalid parameters');
export const unauthorized = refusal(401, 'Unauthorized');
export const forbidden = refusal(403, 'Forbidden');
/** The credential is genuine, but its user is gone: on every route. */
export const userNotFound = refusal(404, 'User not found');
export const notFound = refusal(404, 'Not found');
export const payloadTooLarge = refusal(413, 'Payload too large');
export const unsupportedMediaType = refusal(415, 'Unsupported media type');
export const headersTooLarge = refusal(431, 'Invalid parameters');
export const tooManyRequests = refusal(429, 'Too many requests.');
export const internalError = refusal(500, 'Internal server error');
export const serviceUnavailable = refusal(503, 'Service unavailable');
export const insufficientStorage = refusal(507, 'Insufficient storage');
