import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { IsClientFilter } from '../clients/client-id.js';
import { CodePointLength, MaxBytes, Required, Trimmed } from '../http/validation.js';
import { MAX_PASSWORD_BYTES } from '../access/passwords.js';

@ApiSchema({ name: 'PasswordRequest' })
export class RequestPasswordDto {
  /**
   * Username or e-mail address of the account, in upper or lower case.
   * @example "haruka"
   */
  @ApiProperty({ minLength: 1 })
  @Required()
  @Trimmed()
  @IsString()
  @CodePointLength(0, 254)
  username: string;

  /**
   * Id of the client whose frontend the link in the message opens; the dashboard of the service by default.
   * @example 1
   */
  @IsClientFilter()
  client?: number | null;
}

@ApiSchema({ name: 'PasswordReset' })
export class ResetPasswordDto {
  /**
   * The new password, of at most 512 bytes in UTF-8. It ends all sessions of the user.
   * @example "correct horse battery"
   */
  @Required()
  @IsString()
  @CodePointLength(8, 128)
  @MaxBytes(MAX_PASSWORD_BYTES)
  password: string;

  /**
   * The token in the link of the message, or in the link of an administrator. It works once.
   * @example "Z0ChssPU5fYBI0VnAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
   */
  @ApiProperty({ minLength: 1 })
  @Required()
  @IsString()
  @CodePointLength(0, 200)
  token: string;
}

@ApiSchema({ name: 'VerificationRequest' })
export class RequestVerificationDto {
  /**
   * Id of the client whose frontend the link in the message opens; the dashboard of the service if none is given.
   * @example 1
   */
  @IsClientFilter()
  client?: number | null;
}

@ApiSchema({ name: 'Verification' })
export class VerifyEmailDto {
  /**
   * The token in the link of the message. It works once, for 24 hours.
   * @example "Z0ChssPU5fYBI0VnAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
   */
  @ApiProperty({ minLength: 1 })
  @Required()
  @IsString()
  @CodePointLength(0, 200)
  token: string;
}
