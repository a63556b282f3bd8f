import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsString, Max, Min } from 'class-validator';
import { PageDto } from '../http/page.dto.js';
import { Characters, Integer, Optional, Required, rule, SaysSomething, isBlank } from '../http/validation.js';

/** What a client's key may do. */
export const SCOPES = ['photos:delete'] as const;
export type Scope = (typeof SCOPES)[number];

export class NewClientInput {
  /** @example "Partner website" */
  @Required()
  @IsString()
  @Characters(1, 100)
  name: string;

  /** What the client's key may do. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsIn(SCOPES, { each: true })
  @ApiProperty({ enum: SCOPES, enumName: 'Scope', isArray: true, maxItems: 20 })
  scopes?: Scope[] = [];
}

@SaysSomething()
export class ClientChanges {
  /** @example "Partner website" */
  @Optional()
  @rule('notBlank', 'must not be blank', (value) => !isBlank(value))
  @IsString()
  @Characters(1, 100)
  name?: string;

  @Optional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsIn(SCOPES, { each: true })
  @ApiProperty({ enum: SCOPES, enumName: 'Scope', isArray: true, maxItems: 20 })
  scopes?: Scope[];

  /** A disabled client is an unknown one to every route. */
  @Optional()
  @IsBoolean()
  enabled?: boolean;
}

export class KeyRotation {
  /**
   * Hours in which the former key works beside the new one.
   * @example 24
   */
  @Optional()
  @Integer()
  @Min(0)
  @Max(168)
  overlap_hours?: number = 24;
}

/** A registered frontend ("website"). */
export class ClientDto {
  /** @example 1 */
  @Integer()
  id: number;

  /** @example "Partner website" */
  name: string;

  enabled: boolean;

  @ApiProperty({ enum: SCOPES, enumName: 'Scope', isArray: true })
  scopes: Scope[];

  /** @example "2026-01-31T12:00:00.000Z" */
  created: string;
}

export class NewClientDto extends ClientDto {
  /**
   * Shown this once.
   * @example "tbk_c29tZSByYW5kb20gYnl0ZXM"
   */
  key: string;
}

export class RotatedKeyDto {
  /** @example 1 */
  @Integer()
  id: number;

  /**
   * Shown this once.
   * @example "tbk_c29tZSByYW5kb20gYnl0ZXM"
   */
  key: string;

  /**
   * Until when the former key works.
   * @example "2026-02-01T12:00:00.000Z"
   */
  former_key_valid_until: string;
}

export class ClientPageDto extends PageDto {
  clients: ClientDto[];
}
