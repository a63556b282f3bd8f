import { type AppError, type FieldError, invalidParameters, missingParameters } from './app-error.js';

/** Maximum number of fields in a 400, which bounds the size of the answer. */
const MAX_DETAILS = 50;
/** Maximum length of a field name in an error, in characters: clients choose the names of unknown fields. */
const MAX_NAME = 100;

/** An invalid or missing parameter of a request. */
export interface Problem extends FieldError {
  /** Whether the parameter is absent, null or blank; false if it is invalid. */
  readonly isMissing: boolean;
}

export function missing(name: string, text = 'is required'): Problem {
  const field = cutName(name);
  return { field, messages: [`${field} ${text}`], isMissing: true };
}

export function invalid(name: string, text: string): Problem {
  const field = cutName(name);
  return { field, messages: [`${field} ${text}`], isMissing: false };
}

/** A field that the DTO does not have, in class-validator's words. */
export function unknownField(name: string): Problem {
  const field = cutName(name);
  return { field, messages: [`property ${field} should not exist`], isMissing: false };
}

/** The name of a field as an error shows it. */
export function cutName(name: string): string {
  return name.slice(0, MAX_NAME);
}

/** The 400 for one or more problems. Its message reports missing parameters before invalid ones. */
export function badRequest(problems: readonly Problem[], cause?: unknown): AppError {
  const details = problems.slice(0, MAX_DETAILS).map(({ field, messages }) => ({ field, messages }));
  return problems.some(({ isMissing }) => isMissing)
    ? missingParameters({ details, cause })
    : invalidParameters({ details, cause });
}
