import { type AppError, type FieldError, invalidParameters, missingParameters } from './app-error.js';

/** Maximum number of fields in a 400, which bounds the size of the answer. */
const MAX_DETAILS = 50;

/** An invalid or missing parameter of a request. */
export interface Problem extends FieldError {
  /** Whether the parameter is absent, null or blank; false if it is invalid. */
  readonly isMissing: boolean;
}

export function missing(field: string, text = 'is required'): Problem {
  return { field, messages: [`${field} ${text}`], isMissing: true };
}

export function invalid(field: string, text: string): Problem {
  return { field, messages: [`${field} ${text}`], isMissing: false };
}

/** The 400 for one or more problems. Its message reports missing parameters before invalid ones. */
export function badRequest(problems: readonly Problem[]): AppError {
  const details = problems.slice(0, MAX_DETAILS).map(({ field, messages }) => ({ field, messages }));
  return problems.some(({ isMissing }) => isMissing)
    ? missingParameters({ details })
    : invalidParameters({ details });
}
