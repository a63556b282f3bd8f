import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { LanguageQuery } from '../catalog/language.dto.js';
import { VolumeDto } from '../catalog/volume.dto.js';
import { IsClientFilter } from '../clients/client-id.js';
import { DateFilter } from '../http/dates.js';
import { Optional } from '../http/validation.js';

export class CalendarQuery extends LanguageQuery {
  /**
   * First day of the calendar; today (UTC) unless given.
   * @example "2026-12-01"
   */
  @DateFilter()
  from?: string;

  /**
   * Last day of the calendar; 366 days after the first one unless given.
   * @example "2026-12-31"
   */
  @DateFilter()
  to?: string;

  /**
   * Only series of this client’s part of the catalog: its own, and those of no client.
   * @example 1
   */
  @IsClientFilter()
  client?: number;
}

/** Releases of the reader’s series. */
@ApiSchema({ name: 'Calendar' })
export class CalendarDto {
  /** Volumes by `release_date`, then by id: at most 1,000. */
  @ApiProperty({ type: [VolumeDto], maxItems: 1_000 })
  volumes: VolumeDto[];

  /**
   * Whether the range has more volumes, which are left out.
   * @example false
   */
  more: boolean;
}

/** A subscription to the calendar, shown once. */
@ApiSchema({ name: 'CalendarSubscription' })
export class CalendarSubscriptionDto {
  /**
   * Address of the calendar for programs that subscribe to it. It contains the secret: every holder of the address sees
   * the calendar.
   * @example "https://tankobon.example/user/calendar.ics?token=Zk1x0b7YtOQ"
   */
  @ApiProperty({ format: 'uri', maxLength: 2_000 })
  url: string;
}

export class SubscriptionQuery {
  /**
   * Secret of the calendar, from the `url` of `POST /user/calendar/secret`.
   * @example "Z0ChssPU5fYBI0VnAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
   */
  @Optional()
  @IsString()
  token?: string;
}
