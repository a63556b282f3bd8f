import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { isCalendarDate } from './dates.js';
import { parseTime } from './times.js';
import { isBlank, Optional, rule } from './validation.js';

/** Accepts a time or a date; a date stands for its first or last millisecond in UTC. */
export function IsDateOrTime(lastOfDay: boolean): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      isBlank(value) ? undefined : asDateOrTime(value, lastOfDay),
    ),
    Optional(),
    rule('dateOrTime', 'must be an RFC 3339 time or a date', (value) => value instanceof Date),
  );
}

function asDateOrTime(value: unknown, lastOfDay: boolean): unknown {
  if (typeof value !== 'string') return value;
  if (isCalendarDate(value)) return new Date(`${value}T${lastOfDay ? '23:59:59.999' : '00:00:00.000'}Z`);
  // An unescaped plus sign of an offset arrives as a space.
  return parseTime(value.replace(' ', '+')) ?? value;
}
