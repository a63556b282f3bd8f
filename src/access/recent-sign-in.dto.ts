import { IsString } from 'class-validator';
import { CodePointLength, MaxBytes, Optional } from '../http/validation.js';
import { MAX_PASSWORD_BYTES } from './passwords.js';

/** The body of requests that need a recent sign-in. */
export class RecentSignInDto {
  /**
   * The current password of the account. It is needed if the sign-in of the session is older than 15 minutes.
   * @example "correct horse battery"
   */
  @Optional()
  @IsString()
  @CodePointLength(0, MAX_PASSWORD_BYTES)
  @MaxBytes(MAX_PASSWORD_BYTES)
  current_password?: string;
}
