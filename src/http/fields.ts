import { ApiProperty } from '@nestjs/swagger';

/** A text in an answer, with its maximum length. */
export function AnswerText(maxLength: number): PropertyDecorator {
  return ApiProperty({ maxLength });
}

/** A timestamp in an answer: RFC 3339 in UTC with milliseconds. */
export function Timestamp(): PropertyDecorator {
  return ApiProperty({ format: 'date-time', example: '2026-01-31T12:00:00.000Z' });
}

/** A date `YYYY-MM-DD` in an answer. */
export function CalendarDay(): PropertyDecorator {
  return ApiProperty({ format: 'date', example: '2026-01-31' });
}
