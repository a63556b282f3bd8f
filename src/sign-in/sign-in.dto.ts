import { IsBoolean, IsString } from 'class-validator';
import { Characters, Required, Trimmed } from '../http/validation.js';
import { Settings } from '../settings/settings.dto.js';
import { FewBytes, UserDto } from '../users/users.dto.js';

export class Credentials {
  /**
   * The username or the e-mail address, in any case.
   * @example "haruka"
   */
  @Required()
  @Trimmed()
  @IsString()
  @Characters(0, 254)
  username: string;

  /** @example "correct horse battery" */
  @Required()
  @IsString()
  @FewBytes()
  password: string;
}

export class SignedInDto {
  /**
   * JWT of ten minutes for `Authorization: Bearer`.
   * @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl"
   */
  accessToken: string;

  user: UserDto;
}

export class UserWithSettingsDto extends UserDto {
  settings: Settings;
}

export class MeDto {
  /**
   * JWT for `Authorization: Bearer`: a new one for a cookie, the same for a Bearer request.
   * @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl"
   */
  accessToken: string;

  user: UserWithSettingsDto;
}

/** A signed-in browser or app. */
export class SessionDto {
  /** @example "0b6e1d3c-4f52-4a8e-9d7b-2c1a5e8f9b60" */
  id: string;

  /**
   * When it signed in.
   * @example "2026-01-31T12:00:00.000Z"
   */
  created: string;

  /**
   * When it was used last, to within five minutes.
   * @example "2026-01-31T12:30:00.000Z"
   */
  last_used: string;

  /**
   * What the browser or app calls itself.
   * @example "Mozilla/5.0"
   */
  user_agent: string | null;

  /**
   * The address it signed in from.
   * @example "203.0.113.7"
   */
  ip: string;

  /** Whether it is the one that asks. */
  @IsBoolean()
  current: boolean;
}

export class SessionListDto {
  /** By id. */
  sessions: SessionDto[];
}
