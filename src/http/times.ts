import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { isCalendarDate } from './dates.js';
import { isBlank, Nullable, rule } from './validation.js';

const TIME =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

const YEAR_1 = Date.parse('0001-01-01T00:00:00Z');
const YEAR_10000 = Date.parse('+010000-01-01T00:00:00Z');

/** Parses a time of RFC 3339; null if the text is none, or if its offset moves it out of the years 1 to 9999 in UTC. */
export function parseTime(text: string): Date | null {
  const upper = text.toUpperCase();
  const day = TIME.exec(upper)?.[1];
  if (day === undefined || !isCalendarDate(day)) return null;
  const time = new Date(upper);
  return time.getTime() >= YEAR_1 && time.getTime() < YEAR_10000 ? time : null;
}

/** An optional time in the future, as a `Date`. Null or a blank text stands for none. */
export function FutureTime(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => {
      if (isBlank(value)) return value === undefined ? undefined : null;
      return typeof value === 'string' ? (parseTime(value) ?? value) : value;
    }),
    Nullable(),
    rule('futureTime', 'must be an RFC 3339 time in the future', (value) => {
      return value instanceof Date && value.getTime() > Date.now();
    }),
    ApiProperty({ type: String, format: 'date-time', example: '2099-01-31T12:00:00.000Z' }),
  );
}
