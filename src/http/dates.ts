import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { BlankIsAbsent, Optional, rule } from './validation.js';

// The dates of requests and responses: texts `YYYY-MM-DD`, in UTC, from year 1 to year 9999.
const FIRST_DAY = '0001-01-01';
const LAST_DAY = '9999-12-31';
const DAY = 86_400_000;

/** Whether a text is a date `YYYY-MM-DD` that exists in the calendar. */
export function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text.startsWith('0000')) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** The current date in UTC. */
export function today(): string {
  return dateOf(Date.now());
}

/** The date so many days after another one, or before it if `days` is negative; the first or last date at most. */
export function daysAfter(date: string, days: number): string {
  const time = Date.parse(date) + days * DAY;
  return dateOf(Math.min(Math.max(time, Date.parse(FIRST_DAY)), Date.parse(LAST_DAY)));
}

/** The number of days from one date to another, both included. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY) + 1;
}

function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** A full date. */
export function IsCalendarDate(): PropertyDecorator {
  return applyDecorators(
    rule('calendarDate', 'must be an existing date: YYYY-MM-DD', (value) => {
      return typeof value === 'string' && isCalendarDate(value);
    }),
    ApiProperty({ format: 'date' }),
  );
}

/** An optional full date in a query; a blank one is absent. */
export function DateFilter(): PropertyDecorator {
  return applyDecorators(BlankIsAbsent(), Optional(), IsCalendarDate());
}
