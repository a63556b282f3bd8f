import { AnswerText } from '../http/fields.js';
import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsDateOrTime } from '../http/date-or-time.js';
import { PageDto, PageQuery } from '../http/page.dto.js';
import { BlankIsAbsent, CodePointLength, Integer, Optional } from '../http/validation.js';

/** Filters and page of the audit log. */
export class AuditQuery extends PageQuery {
  /**
   * Only what this actor did: a user’s id, `client:` and the id of a client whose key acted, or `server` for the
   * operator.
   * @example "6740a1b2c3d4e5f601234567"
   */
  @BlankIsAbsent()
  @Optional()
  @CodePointLength(0, 100)
  actor?: string;

  /**
   * Only entries of this action: a feature and a verb.
   * @example "user.update"
   */
  @BlankIsAbsent()
  @Optional()
  @CodePointLength(0, 100)
  action?: string;

  /**
   * Only what was done to the user, role or client of this id.
   * @example "6740a1b2c3d4e5f601234567"
   */
  @BlankIsAbsent()
  @Optional()
  @CodePointLength(0, 100)
  target?: string;

  /** Only entries of this time or later; a date is its first millisecond in UTC. */
  @IsDateOrTime(false)
  @ApiProperty({ type: String, example: '2026-01-01' })
  since?: Date;

  /** Only entries of this time or earlier; a date is its last millisecond in UTC. */
  @IsDateOrTime(true)
  @ApiProperty({ type: String, example: '2026-01-31T12:00:00.000Z' })
  until?: Date;
}

/** Something that an administrator, a client key or the operator did. */
@ApiSchema({ name: 'AuditEntry' })
export class AuditEntryDto {
  /**
   * Id of the entry; later entries have larger ones.
   * @example 1
   */
  @Integer()
  id: number;

  /**
   * When the action was done.
   * @example "2026-01-31T12:00:00.000Z"
   */
  @ApiProperty({ format: 'date-time' })
  at: string;

  /**
   * Id of the user who acted; `client:` and its id for a client’s key, `server` for the operator. It remains after
   * the user or client is deleted.
   * @example "6740a1b2c3d4e5f601234567"
   */
  @AnswerText(100)
  actor: string;

  /**
   * Present name of the actor: the username of a user, the name of a client; null for the operator, and after the user
   * or client is deleted.
   * @example "admin"
   */
  @ApiProperty({ type: String, nullable: true, maxLength: 100 })
  actor_name: string | null;

  /**
   * What was done: a feature and a verb, such as `role.create`.
   * @example "user.update"
   */
  @AnswerText(100)
  action: string;

  /**
   * Id of the user, role or client that the action changed; null where there is none.
   * @example "6740a1b2c3d4e5f601234567"
   */
  @ApiProperty({ type: String, nullable: true, maxLength: 100 })
  target: string | null;

  /**
   * Present name of the target: the username of a user, the name of a role or client, the note of an invitation; null
   * where there is none, and after the target is deleted.
   * @example "reader"
   */
  @ApiProperty({ type: String, nullable: true, maxLength: 200 })
  target_name: string | null;

  /**
   * IP address that the request came from; empty for the operator.
   * @example "203.0.113.7"
   */
  @AnswerText(45)
  ip: string;

  /** Always `success`: an action that failed changed nothing and has no entry. */
  @ApiProperty({ enum: ['success'], enumName: 'AuditResult', example: 'success' })
  result: string;

  /** Former values of what has changed; names and addresses are withheld. */
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: { roles: ['user'] },
  })
  before: Record<string, unknown> | null;

  /** Present values of what has changed; names and addresses are withheld. */
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: { roles: ['moderator', 'user'] },
  })
  after: Record<string, unknown> | null;
}

@ApiSchema({ name: 'AuditPage' })
export class AuditPageDto extends PageDto {
  /** Entries of this page that match the query, newest first. */
  entries: AuditEntryDto[];
}

/** An action that entries of the audit log can have. */
@ApiSchema({ name: 'AuditAction' })
export class AuditActionDto {
  /**
   * The action as entries and the filter of the list have it.
   * @example "user.update"
   */
  @AnswerText(100)
  name: string;

  /**
   * What was done, in words.
   * @example "A user was changed"
   */
  @AnswerText(200)
  description: string;
}

@ApiSchema({ name: 'AuditActionPage' })
export class AuditActionPageDto extends PageDto {
  /** Actions of this page, by name. */
  actions: AuditActionDto[];
}
