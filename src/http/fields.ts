import { ApiProperty } from '@nestjs/swagger';

/** A text of an answer that has at most so many characters. */
export function MaxCharacters(maxLength: number): PropertyDecorator {
  return ApiProperty({ maxLength });
}

/** A time of an answer: RFC 3339 in UTC with milliseconds. */
export function Timestamp(): PropertyDecorator {
  return ApiProperty({ format: 'date-time', example: '2026-01-31T12:00:00.000Z' });
}

/** A date `YYYY-MM-DD` of an answer. */
export function CalendarDay(): PropertyDecorator {
  return ApiProperty({ format: 'date', example: '2026-01-31' });
}
