import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { RecentSignInDto } from '../access/recent-sign-in.dto.js';
import { AnswerText } from '../http/fields.js';
import { CodePointLength, Required, Trimmed } from '../http/validation.js';

@ApiSchema({ name: 'TwoFactorSetup' })
export class BeginTwoFactorDto extends RecentSignInDto {}

@ApiSchema({ name: 'TwoFactorCode' })
export class TwoFactorCodeDto extends RecentSignInDto {
  /**
   * Six digits of the authenticator app. Where a second factor is on, a recovery code is accepted too.
   * @example "123456"
   */
  @ApiProperty({ minLength: 1 })
  @Required()
  @Trimmed()
  @IsString()
  @CodePointLength(0, 50)
  code: string;
}

@ApiSchema({ name: 'TwoFactorSecret' })
export class TwoFactorSecretDto {
  /**
   * The secret in base32, for typing into the authenticator app. No later response contains it.
   * @example "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
   */
  @AnswerText(32)
  secret: string;

  /**
   * The same as a URI, for a QR code.
   * @example "otpauth://totp/Tankobon:haruka?issuer=Tankobon&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&algorithm=SHA1&digits=6&period=30"
   */
  @AnswerText(300)
  uri: string;
}

@ApiSchema({ name: 'RecoveryCodes' })
export class RecoveryCodesDto {
  /**
   * Ten codes, each of which replaces a code of the authenticator app once. No later response contains them.
   * @example ["mzxw-6ytb-oi4d-eljr"]
   */
  recovery_codes: string[];
}
