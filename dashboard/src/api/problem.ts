import { HttpError } from 'react-admin';

/** The error body of the service, as far as it is known. */
interface ErrorBody {
  readonly data?: unknown;
  readonly errors?: unknown;
}

interface FieldErrors {
  readonly field: string;
  readonly messages: readonly string[];
}

/** A refused or failed request. The framework shows `body.errors` at the fields of forms. */
export class Problem extends HttpError {
  /** When the service said that a further try makes sense, in milliseconds since 1970; null if it did not. */
  readonly retryAt: number | null;

  /** @param status the HTTP status; 0 if there was no answer */
  constructor(status: number, message: string, fields: readonly FieldErrors[] = [], retryAfter = 0) {
    super(message, status, fields.length === 0 ? null : { errors: errorsByField(fields) });
    // The framework's class sets its own prototype.
    Object.setPrototypeOf(this, Problem.prototype);
    this.retryAt = retryAfter > 0 ? Date.now() + retryAfter * 1_000 : null;
  }

  get isFinal(): boolean {
    return this.status >= 400 && this.status < 500 && this.status !== 429;
  }
}

function errorsByField(fields: readonly FieldErrors[]): Record<string, string> {
  return Object.fromEntries(fields.map(({ field, messages }) => [field, messages.join('; ')]));
}

/** The result of an operation of the generated client. */
interface Result<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly response?: Response;
}

/**
 * The answer of an operation of the generated client: `const { users } = await answer(adminUsersList())`.
 *
 * @throws Problem if the service refused the request, or did not answer
 */
export async function answer<T>(call: Promise<Result<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (response?.ok === true && error === undefined) return data as T;
  throw toProblem(error, response);
}

function toProblem(error: unknown, response: Response | undefined): Problem {
  if (error instanceof Problem) return error;
  if (response === undefined) {
    // A request that its page has given up is no failure: react-query recognizes it by its name.
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    return new Problem(0, '');
  }
  const { data, errors } = (typeof error === 'object' && error !== null ? error : {}) as ErrorBody;
  const message = typeof data === 'string' ? data : response.statusText;
  const retryAfter = Number(response.headers.get('retry-after') ?? 0);
  return new Problem(response.status, message, Array.isArray(errors) ? errors : [], retryAfter || 0);
}
