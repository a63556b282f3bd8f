import { AnswerText, Timestamp } from '../http/fields.js';
import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsString, Max, Min } from 'class-validator';
import { BaseLink } from '../http/link.js';
import { PageDto } from '../http/page.dto.js';
import {
  CodePointLength,
  Integer,
  Optional,
  Required,
  rule,
  AtLeastOneProperty,
  isBlank,
} from '../http/validation.js';

/** What a client's key may do. */
const SCOPES = ['photos:delete'] as const;
export type Scope = (typeof SCOPES)[number];

@ApiSchema({ name: 'NewClientInput' })
export class CreateClientDto {
  /**
   * Name of the frontend for administrators; clients may share one.
   * @example "Partner website"
   */
  @Required()
  @IsString()
  @CodePointLength(1, 100)
  name: string;

  /**
   * Address of the frontend: an http or https URL without user information, query and fragment. Links in messages to its
   * users open pages below it; null or blank for none.
   * @example "https://manga.example.com"
   */
  @BaseLink(200)
  url?: string | null;

  /**
   * What the client’s key allows beside its id.
   * @example ["photos:delete"]
   */
  @Optional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsIn(SCOPES, { each: true })
  @ApiProperty({ enum: SCOPES, enumName: 'Scope', isArray: true, maxItems: 20 })
  scopes?: Scope[] = [];
}

@AtLeastOneProperty()
@ApiSchema({ name: 'ClientChanges' })
export class UpdateClientDto {
  /**
   * Name of the frontend for administrators; clients may share one.
   * @example "Partner website"
   */
  @Optional()
  @rule('notBlank', 'must not be blank', (value) => !isBlank(value))
  @IsString()
  @CodePointLength(1, 100)
  name?: string;

  /**
   * Address of the frontend: an http or https URL without user information, query and fragment. Links in messages to its
   * users open pages below it; null or blank for none.
   * @example "https://manga.example.com"
   */
  @BaseLink(200)
  url?: string | null;

  /**
   * All scopes that the client’s key shall have.
   * @example ["photos:delete"]
   */
  @Optional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsIn(SCOPES, { each: true })
  @ApiProperty({ enum: SCOPES, enumName: 'Scope', isArray: true, maxItems: 20 })
  scopes?: Scope[];

  /**
   * If false, requests with this client are rejected as if it were not registered.
   * @example true
   */
  @Optional()
  @IsBoolean()
  enabled?: boolean;
}

@ApiSchema({ name: 'KeyRotation' })
export class RotateClientKeyDto {
  /**
   * Hours for which the former key works beside the new one.
   * @example 24
   */
  @Optional()
  @Integer()
  @Min(0)
  @Max(168)
  overlap_hours?: number = 24;
}

/** A registered frontend ("website"). */
@ApiSchema({ name: 'Client' })
export class ClientDto {
  /**
   * Id of the client, which requests name as `client` or `websiteId`.
   * @example 1
   */
  @Integer()
  id: number;

  /**
   * Name of the frontend for administrators; clients may share one.
   * @example "Partner website"
   */
  @AnswerText(100)
  name: string;

  /**
   * Address of the frontend, which links in messages to its users open; null for none.
   * @example "https://manga.example.com"
   */
  @AnswerText(200)
  url: string | null;

  /**
   * Whether routes accept the client; a disabled one is rejected as if it were not registered.
   * @example true
   */
  enabled: boolean;

  /**
   * What the client’s key allows beside its id.
   * @example ["photos:delete"]
   */
  @ApiProperty({ enum: SCOPES, enumName: 'Scope', isArray: true })
  scopes: Scope[];

  /**
   * When the client was registered.
   * @example "2026-01-31T12:00:00.000Z"
   */
  @Timestamp()
  created: string;
}

@ApiSchema({ name: 'NewClient' })
export class CreatedClientDto extends ClientDto {
  /**
   * Secret key of the client, to be sent as `webApiClientKey`. Only this response contains it; the service stores a
   * hash.
   * @example "tbk_c29tZSByYW5kb20gYnl0ZXM"
   */
  @AnswerText(60)
  key: string;
}

@ApiSchema({ name: 'RotatedKey' })
export class RotatedKeyDto {
  /**
   * Id of the client, which requests name as `client` or `websiteId`.
   * @example 1
   */
  @Integer()
  id: number;

  /**
   * The new secret key of the client. Only this response contains it; the service stores a hash.
   * @example "tbk_c29tZSByYW5kb20gYnl0ZXM"
   */
  @AnswerText(60)
  key: string;

  /**
   * When the former key stops working.
   * @example "2026-02-01T12:00:00.000Z"
   */
  @Timestamp()
  former_key_valid_until: string;
}

@ApiSchema({ name: 'ClientPage' })
export class ClientPageDto extends PageDto {
  /** Registered clients of this page, by id. */
  clients: ClientDto[];
}
