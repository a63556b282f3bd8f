/** An invalid or missing field of a request, and the reasons. */
export interface FieldError {
  readonly field: string;
  readonly messages: string[];
}

/** The public part of an error, also written to the OpenAPI document. */
export interface ErrorDefinition {
  readonly status: number;
  /** Part of the contract: clients compare it. */
  readonly message: string;
  /** Family D's `ErrorCode`. */
  readonly code?: string;
  /** The DTO of the body, if it has more fields than `ResponseDto`. */
  readonly body?: object;
}

/** The one error type: `toAppError` converts every other error to it before the response. */
export class AppError extends Error {
  constructor(
    readonly definition: ErrorDefinition,
    readonly extra: {
      details?: FieldError[];
      retryAfter?: number;
      cause?: unknown;
      /** Fields of the body beside `data` and `code`, which the error's definition documents. */
      fields?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(definition.message, { cause: extra.cause });
  }
}

/** Creates errors of one definition. `@ApiRoute` reads the definition to document it. */
export interface ErrorFactory extends ErrorDefinition {
  (extra?: AppError['extra']): AppError;
}

/**
 * Declares an error: `export const seriesNotFound = defineError(404, 'Series not found')`. It is thrown by
 * `throw seriesNotFound()`.
 */
export function defineError(status: number, message: string, code?: string): ErrorFactory {
  const properties: ErrorDefinition = code === undefined ? { status, message } : { status, message, code };
  const factory = (extra: AppError['extra'] = {}) => new AppError(properties, extra);
  return Object.assign(factory, properties);
}

/** Declares an error whose body has further fields: `throw conflict({ fields: { entry } })`. */
export function defineErrorWithBody(status: number, message: string, body: object): ErrorFactory {
  const factory = defineError(status, message);
  const definition: ErrorDefinition = { status, message, body };
  return Object.assign((extra: AppError['extra'] = {}) => new AppError(definition, extra), factory, {
    body,
  });
}

export const missingParameters = defineError(400, 'Required parameters missing');
export const invalidParameters = defineError(400, 'Invalid parameters');
export const unauthorized = defineError(401, 'Unauthorized');
export const forbidden = defineError(403, 'Forbidden');
/** On every route that reads credentials: an administrator has suspended the user. */
export const accountSuspended = defineError(403, 'Account suspended');
/** On every route: the credential is valid, but its user has been deleted. */
export const userNotFound = defineError(404, 'User not found');
export const notFound = defineError(404, 'Not found');
export const idempotencyKeyReused = defineError(422, 'Idempotency key was used for another request');
export const requestInProgress = defineError(409, 'Request is in progress');
export const payloadTooLarge = defineError(413, 'Payload too large');
export const unsupportedMediaType = defineError(415, 'Unsupported media type');
export const expectationFailed = defineError(417, 'Expectation failed');
export const headersTooLarge = defineError(431, 'Invalid parameters');
export const tooManyRequests = defineError(429, 'Too many requests.');
export const internalError = defineError(500, 'Internal server error');
export const serviceUnavailable = defineError(503, 'Service unavailable');
export const insufficientStorage = defineError(507, 'Insufficient storage');
