import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsIn, Max, Min } from 'class-validator';
import { IsDateOrTime } from '../http/date-or-time.js';
import { AnswerText, Timestamp } from '../http/fields.js';
import { BlankIsAbsent, Integer, Optional, QueryInteger, RequiredWith, rule } from '../http/validation.js';
import {
  EVENT_ACTIONS,
  EVENT_KINDS,
  EVENT_ORIGINS,
  type EventAction,
  type EventKind,
  type EventOrigin,
} from './reader-event.entity.js';

/** The origins that can be undone as a whole. */
const UNDONE_ORIGINS = EVENT_ORIGINS.filter((origin) => origin !== 'request');

export class EventsQuery {
  /** Only changes of this kind of resource. */
  @BlankIsAbsent()
  @Optional()
  @IsIn(EVENT_KINDS)
  @ApiProperty({ enum: EVENT_KINDS, enumName: 'EventKind' })
  kind?: EventKind;

  /**
   * Only changes about the series of this id.
   * @example 1
   */
  @QueryInteger()
  @Optional()
  @Integer()
  @Min(1)
  @Max(2_147_483_647)
  series?: number;

  /** Only changes of this type of origin. */
  @BlankIsAbsent()
  @Optional()
  @IsIn(EVENT_ORIGINS)
  @ApiProperty({ enum: EVENT_ORIGINS, enumName: 'EventOriginType' })
  origin?: EventOrigin;

  /** Only changes of this time or later; a date is its first millisecond in UTC. */
  @IsDateOrTime(false)
  @ApiProperty({ type: String, maxLength: 40, example: '2026-01-01' })
  since?: Date;

  /** Only changes before this time; a date is its first millisecond in UTC. */
  @IsDateOrTime(false)
  @ApiProperty({ type: String, maxLength: 40, example: '2026-02-01T12:00:00Z' })
  until?: Date;

  /**
   * Only events before the event of this id: `next` of the former page.
   * @example 41
   */
  @QueryInteger()
  @Optional()
  @Integer()
  @Min(1)
  @Max(2_147_483_647)
  before?: number;

  /**
   * Maximum number of events on the page.
   * @example 20
   */
  @QueryInteger(20)
  @Integer()
  @Min(1)
  @Max(100)
  @ApiProperty({ required: false })
  limit: number = 20;
}

/** By what a change was made. */
@ApiSchema({ name: 'EventOrigin' })
export class EventOriginDto {
  /** The type of the origin. */
  @ApiProperty({ enum: EVENT_ORIGINS, enumName: 'EventOriginType' })
  type: EventOrigin;

  /**
   * Id of the bulk, import or undo; null for a single request.
   * @example 40
   */
  @Integer()
  id: number | null;
}

const FIELDS = { type: 'object', additionalProperties: true } as const;

/** A change of an entry, read, rating or item. */
@ApiSchema({ name: 'Event' })
export class EventDto {
  /**
   * Id of the event: a number of the reader’s sequence. For an entry it is the version that the change has made.
   * @example 42
   */
  @Integer()
  @Min(1)
  id: number;

  /** When the change was made. */
  @Timestamp()
  at: string;

  /** The kind of resource that was changed. */
  @ApiProperty({ enum: EVENT_KINDS, enumName: 'EventKind' })
  kind: EventKind;

  /** Whether the resource was added, updated or deleted. */
  @ApiProperty({ enum: EVENT_ACTIONS, enumName: 'EventAction' })
  action: EventAction;

  /**
   * Id of the series that the changed resource is about.
   * @example 1
   */
  @Integer()
  series_id: number;

  /**
   * Id of the volume of a changed item; null for other kinds.
   * @example 7
   */
  @Integer()
  volume_id: number | null;

  /**
   * Id of the client that made the change; null if the request named none.
   * @example 1
   */
  @Integer()
  client: number | null;

  /**
   * Device that made the change, if the request named one.
   * @example "Haruka’s phone"
   */
  @AnswerText(100)
  device: string | null;

  /**
   * Id of the personal token that made the change; null for a session. The token may have been revoked since.
   * @example "5f3a9c1e-7b24-4d68-a0f1-9c2e8b6d4a75"
   */
  @ApiProperty({ format: 'uuid' })
  token_id: string | null;

  /** By what the change was made. */
  origin: EventOriginDto;

  /** The changed fields before the change, the whole resource for a deletion, null for an addition. */
  @ApiProperty({ ...FIELDS, nullable: true, example: { progress: 12, chapters: 12 } })
  before: Record<string, unknown> | null;

  /** The changed fields after the change, the whole resource for an addition, null for a deletion. */
  @ApiProperty({ ...FIELDS, nullable: true, example: { progress: 13, chapters: 13 } })
  after: Record<string, unknown> | null;
}

@ApiSchema({ name: 'EventPage' })
export class EventPageDto {
  /** Events of this page, newest first. */
  events: EventDto[];

  /**
   * The parameter `before` of the next page; null on the last page.
   * @example 23
   */
  @Integer()
  next: number | null;
}

/** A bulk, an import or an undo. */
@ApiSchema({ name: 'UndoOrigin' })
export class UndoOriginDto {
  /** The type of the origin that is undone. */
  @ApiProperty({ enum: UNDONE_ORIGINS, enumName: 'UndoOriginType' })
  type: Exclude<EventOrigin, 'request'>;

  /**
   * Id of the bulk, import or undo that is undone.
   * @example 40
   */
  @ApiProperty({ type: 'integer', minimum: 1, maximum: 2_147_483_647 })
  id: number;
}

@ApiSchema({ name: 'Undo' })
export class UndoDto {
  /** The bulk, import or undo whose changes are undone. */
  @RequiredWith('type', 'id')
  @rule('origin', 'must have a type (bulk, import or undo) and an id', isOrigin)
  origin: UndoOriginDto;
}

function isOrigin(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 2) return false;
  const { type, id } = value as Record<string, unknown>;
  const isId = Number.isInteger(id) && (id as number) >= 1 && (id as number) <= 2_147_483_647;
  return isId && (UNDONE_ORIGINS as unknown[]).includes(type);
}

/** A change that was not undone. */
@ApiSchema({ name: 'SkippedUndo' })
export class SkippedUndoDto {
  /**
   * Id of the series of the change that was not undone.
   * @example 1
   */
  @Integer()
  series_id: number;

  /**
   * Id of the volume of the change that was not undone; null unless it was one of an item.
   * @example 7
   */
  @Integer()
  volume_id: number | null;

  /** Why the change was not undone. */
  @ApiProperty({ $ref: '#/components/schemas/Message' } as never)
  data: string;
}

/** Result of an undo. */
@ApiSchema({ name: 'UndoResult' })
export class UndoResultDto {
  /**
   * Number of changes that were undone.
   * @example 12
   */
  @Integer()
  @Min(0)
  undone: number;

  /** The changes that were not undone. */
  skipped: SkippedUndoDto[];
}
