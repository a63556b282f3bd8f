import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { AnswerText, Timestamp } from '../http/fields.js';
import { IsBoolean, IsString } from 'class-validator';
import { CodePointLength, MaxBytes, Required, Trimmed } from '../http/validation.js';
import { SettingsDto } from '../settings/settings.dto.js';
import { MAX_PASSWORD_BYTES, UserDto } from '../users/users.dto.js';

@ApiSchema({ name: 'Credentials' })
export class LoginDto {
  /**
   * The username or the e-mail address, in upper or lower case.
   * @example "haruka"
   */
  @ApiProperty({ minLength: 1 })
  @Required()
  @Trimmed()
  @IsString()
  @CodePointLength(0, 254)
  username: string;

  /**
   * The password, in any Unicode normalization form; at most 512 bytes.
   * @example "correct horse battery"
   */
  @ApiProperty({ minLength: 1 })
  @Required()
  @IsString()
  @MaxBytes(MAX_PASSWORD_BYTES)
  password: string;
}

@ApiSchema({ name: 'SignedIn' })
export class SignedInDto {
  /**
   * JWT for `Authorization: Bearer`, valid for ten minutes.
   * @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl"
   */
  @AnswerText(2000)
  accessToken: string;

  /** The user who has signed in. */
  user: UserDto;
}

@ApiSchema({ name: 'UserWithSettings' })
export class UserWithSettingsDto extends UserDto {
  /** The user’s preferences; keys that were never set have their defaults. */
  settings: SettingsDto;
}

@ApiSchema({ name: 'Me' })
export class MeDto {
  /**
   * JWT for `Authorization: Bearer`: a new token if the request has only the cookie, else the Bearer token of the request.
   * @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl"
   */
  @AnswerText(2000)
  accessToken: string;

  /** The signed-in user, with settings. */
  user: UserWithSettingsDto;
}

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
  /** Sessions that have neither ended nor expired, ordered by id. */
  sessions: SessionDto[];
}
