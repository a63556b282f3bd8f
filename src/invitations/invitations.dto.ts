import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, Max, Min } from 'class-validator';
import { AnswerText, Timestamp } from '../http/fields.js';
import { PageDto } from '../http/page.dto.js';
import { FutureTime } from '../http/times.js';
import { BlankIsNull, CodePointLength, Integer, Nullable, Optional } from '../http/validation.js';

@ApiSchema({ name: 'NewInvitation' })
export class CreateInvitationDto {
  /**
   * A note for administrators; null or blank for none.
   * @example "For the book club"
   */
  @BlankIsNull()
  @Nullable()
  @IsString()
  @CodePointLength(0, 200)
  note?: string | null;

  /**
   * How many accounts the invitation may create; 1 by default.
   * @example 1
   */
  @Optional()
  @Integer()
  @Min(1)
  @Max(10_000)
  uses?: number;

  /**
   * Names of the roles that the accounts get; the role `user` by default. You must hold their permissions.
   * @example ["user"]
   */
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @ApiProperty({ minItems: 1, maxItems: 50 })
  roles?: string[];

  /** When the invitation stops working; null for never. */
  @FutureTime()
  expires?: Date | null;
}

@ApiSchema({ name: 'Invitation' })
export class InvitationDto {
  /**
   * Id of the invitation, with which it can be deleted.
   * @example 1
   */
  @Integer()
  id: number;

  /**
   * The note for administrators, or null.
   * @example "For the book club"
   */
  @AnswerText(200)
  note: string | null;

  /**
   * Number of accounts that the invitation may create in all.
   * @example 1
   */
  @Integer()
  uses: number;

  /**
   * Number of accounts that the invitation has created.
   * @example 0
   */
  @Integer()
  used: number;

  /**
   * Names of the roles that the accounts of the invitation get.
   * @example ["user"]
   */
  roles: string[];

  /**
   * When the invitation stops working, or null.
   * @example "2099-01-31T12:00:00.000Z"
   */
  @ApiProperty({ format: 'date-time' })
  expires: string | null;

  /**
   * When the invitation was created.
   * @example "2026-01-31T12:00:00.000Z"
   */
  @Timestamp()
  created: string;

  /**
   * Id of the administrator who created the invitation; null after the deletion of that account.
   * @example "6740a1b2c3d4e5f601234567"
   */
  @AnswerText(24)
  created_by: string | null;
}

@ApiSchema({ name: 'CreatedInvitation' })
export class CreatedInvitationDto extends InvitationDto {
  /**
   * The secret of the invitation, for the registration. No later response contains it.
   * @example "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
   */
  @AnswerText(43)
  invitation: string;

  /**
   * Link to the registration with the invitation.
   * @example "http://localhost:3000/dashboard/register#invitation=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
   */
  @AnswerText(400)
  url: string;
}

@ApiSchema({ name: 'InvitationPage' })
export class InvitationPageDto extends PageDto {
  /** Invitations of this page, ordered by id. */
  invitations: InvitationDto[];
}
