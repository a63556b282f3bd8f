import { type AppError, type FieldError, invalidParameters, missingParameters } from './app-error.js';

/** Most fields that a 400 names: an answer need not be longer than the request that it refuses. */
const MAX_DETAILS = 50;

/** One parameter that a request got wrong. */
export interface Problem extends FieldError {
  /** Whether the parameter is absent, null or blank rather than wrong. */
  readonly isMissing: boolean;
}

export function missing(field: string, text = 'is required'): Problem {
  return { field, messages: [`${field} ${text}`], isMissing: true };
}

export function invalid(field: string, text: string): Problem {
  return { field, messages: [`${field} ${text}`], isMissing: false };
}

/** The 400 of a request with these problems, at least one: a missing parameter goes before an invalid one. */
export function badRequest(problems: readonly Problem[]): AppError {
  const details = problems.slice(0, MAX_DETAILS).map(({ field, messages }) => ({ field, messages }));
  return problems.some(({ isMissing }) => isMissing)
    ? missingParameters({ details })
    : invalidParameters({ details });
}
