import { MAX_PASSWORD_BYTES } from '../access/passwords.js';
import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { AnswerText } from '../http/fields.js';
import { IsString } from 'class-validator';
import { BlankIsNull, CodePointLength, MaxBytes, Nullable, Required, Trimmed } from '../http/validation.js';
import { SettingsDto } from '../settings/settings.dto.js';
import { CreateUserDto, UserDto } from '../users/users.dto.js';

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

  /**
   * The second factor, for accounts that have one: six digits of the authenticator app, or a recovery code.
   * @example "123456"
   */
  @Trimmed()
  @BlankIsNull()
  @Nullable()
  @IsString()
  @CodePointLength(0, 50)
  code?: string | null;
}

/** The data of a new account. */
@ApiSchema({ name: 'Registration' })
export class RegisterDto extends CreateUserDto {
  /**
   * The secret of an invitation. It is needed if the service registers invited users only.
   * @example "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
   */
  @BlankIsNull()
  @Nullable()
  @IsString()
  @CodePointLength(0, 100)
  invitation?: string | null;
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
   * JWT for `Authorization: Bearer`: a new token if the request has only the cookie, else the Bearer token of the
   * request.
   * @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl"
   */
  @AnswerText(2000)
  accessToken: string;

  /** The signed-in user, with settings. */
  user: UserWithSettingsDto;
}
