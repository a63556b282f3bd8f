import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import { AnswerText, Timestamp } from '../http/fields.js';

/** A signed-in browser or app. */
@ApiSchema({ name: 'Session' })
export class SessionDto {
  /**
   * Id of the session, with which it can be ended.
   * @example "0b6e1d3c-4f52-4a8e-9d7b-2c1a5e8f9b60"
   */
  @ApiProperty({ format: 'uuid' })
  id: string;

  /**
   * When the browser or app signed in.
   * @example "2026-01-31T12:00:00.000Z"
   */
  @Timestamp()
  created: string;

  /**
   * When the session was last used, with a precision of five minutes.
   * @example "2026-01-31T12:30:00.000Z"
   */
  @Timestamp()
  last_used: string;

  /**
   * The `User-Agent` header of the sign-in; null when there was none.
   * @example "Mozilla/5.0"
   */
  @AnswerText(400)
  user_agent: string | null;

  /**
   * IP address that the session was opened from.
   * @example "203.0.113.7"
   */
  @AnswerText(45)
  ip: string;

  /**
   * Whether this request uses the session.
   * @example true
   */
  @IsBoolean()
  current: boolean;
}

@ApiSchema({ name: 'SessionList' })
export class SessionListDto {
  /** Sessions of the user that have neither ended nor expired, ordered by id. */
  sessions: SessionDto[];
}
