import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsString } from 'class-validator';
import { RecentSignInDto } from '../access/recent-sign-in.dto.js';
import { TOKEN_SCOPES, type TokenScope } from '../accounts/personal-token.entity.js';
import { AnswerText, Timestamp } from '../http/fields.js';
import { FutureTime } from '../http/times.js';
import { CodePointLength, Required, Trimmed } from '../http/validation.js';

@ApiSchema({ name: 'NewToken' })
export class CreateTokenDto extends RecentSignInDto {
  /**
   * What the token is for.
   * @example "Reading widget"
   */
  @Required()
  @Trimmed()
  @IsString()
  @CodePointLength(1, 100)
  name: string;

  /**
   * What the token may be used for; operations say which scope they need.
   * @example ["read"]
   */
  @Required()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(TOKEN_SCOPES.length)
  @ArrayUnique()
  @IsIn(TOKEN_SCOPES, { each: true })
  @ApiProperty({ enum: TOKEN_SCOPES, enumName: 'TokenScope', isArray: true, minItems: 1, maxItems: 5 })
  scopes: TokenScope[];

  /** When the token stops working; null for never. */
  @FutureTime()
  expires?: Date | null;
}

/** A token that a user has made for a program. */
@ApiSchema({ name: 'Token' })
export class TokenDto {
  /**
   * Id of the token, with which it can be revoked.
   * @example "7f3c2a10-5b0e-4d53-8f0a-9a1f2f6f7c11"
   */
  @ApiProperty({ format: 'uuid' })
  id: string;

  /**
   * What the token is for, in the user’s words.
   * @example "Reading widget"
   */
  @AnswerText(100)
  name: string;

  /**
   * What the token may be used for.
   * @example ["read"]
   */
  @ApiProperty({ enum: TOKEN_SCOPES, enumName: 'TokenScope', isArray: true })
  scopes: TokenScope[];

  /**
   * When the token was made.
   * @example "2026-01-31T12:00:00.000Z"
   */
  @Timestamp()
  created: string;

  /**
   * When the token was last used, with a precision of five minutes; null if never.
   * @example "2026-01-31T12:30:00.000Z"
   */
  @Timestamp()
  last_used: string | null;

  /**
   * When the token stops working; null if it does not end.
   * @example "2099-01-31T12:00:00.000Z"
   */
  @ApiProperty({ format: 'date-time' })
  expires: string | null;
}

@ApiSchema({ name: 'CreatedToken' })
export class CreatedTokenDto extends TokenDto {
  /**
   * The token, for `Authorization: Bearer`. No later response contains it.
   * @example "tkp_Z0ChssPU5fYBI0VnAAECAwQFBgcICQoLDA0ODxAREhM"
   */
  @AnswerText(47)
  token: string;
}

@ApiSchema({ name: 'TokenList' })
export class TokenListDto {
  /** Tokens of the user that were not revoked, ordered by creation. */
  tokens: TokenDto[];
}
