import { isCalendarDate } from '../http/dates.js';
import { rule } from '../http/validation.js';

/** A date of full or reduced precision: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
export const PARTIAL_DATE = /^\d{4}(-\d{2}(-\d{2})?)?$/;

/** Whether a text is a date of full or reduced precision that exists in the calendar. */
export function isPartialDate(text: string): boolean {
  return PARTIAL_DATE.test(text) && isCalendarDate(`${text}-01-01`.slice(0, 10));
}

/** Whether `end` is before `start` at the lower precision of the two: 2024 is not before 2024-05. */
export function endsBeforeStart(start: string, end: string): boolean {
  const precision = Math.min(start.length, end.length);
  return end.slice(0, precision) < start.slice(0, precision);
}

export function IsPartialDate(): PropertyDecorator {
  return rule('partialDate', 'must be an existing date: YYYY, YYYY-MM or YYYY-MM-DD', (value) => {
    return typeof value === 'string' && isPartialDate(value);
  });
}

/** Validates that `end` is not before `start` of the same object. */
export function NotBeforeStart(): PropertyDecorator {
  return rule('notBeforeStart', 'must not lie before start', (value, object) => {
    const { start } = object as { start?: unknown };
    return typeof value !== 'string' || typeof start !== 'string' || !endsBeforeStart(start, value);
  });
}
