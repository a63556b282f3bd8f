import { Injectable } from '@nestjs/common';
import { Sql, statement } from '../database/sql.js';
import type { SeriesType } from './catalog.entity.js';

/** A volume with the series that it belongs to. */
export interface VolumeRow {
  readonly id: number;
  readonly name: string;
  readonly slug: string;
  readonly group_order: string;
  readonly language: string;
  readonly release_date: string | null;
  readonly pages: number | null;
  readonly isbn10: string | null;
  readonly isbn13: string | null;
  readonly type: string | null;
  readonly publisher: string | null;
  readonly description: string | null;
  readonly edition_name: string | null;
  readonly cover_path: string | null;
  readonly aspect_ratio: number | null;
  readonly nsfw: number;
  readonly nsfw18: number;
  readonly series_id: number;
  readonly series_name: string;
  readonly series_alias: string;
  readonly series_slug: string;
  readonly series_type: SeriesType;
}

/** A Volume's own columns, behind a relation `v` of volumes. */
export const VOLUME_COLUMNS = `v.id, v.name, v.slug, v.group_order, v.language, to_char(v.release_date, 'YYYY-MM-DD') as release_date,
  v.pages, v.isbn10, v.isbn13, v.type, v.publisher, v.description, v.edition_name, v.cover_path, v.aspect_ratio, v.nsfw,
  v.nsfw18`;

/** A Volume's series, behind a relation `s` of series. The language's placeholder is the first. */
export const SERIES_REFERENCE = `s.id as series_id, s.name as series_name, s.slug as series_slug, s.type as series_type,
  coalesce(
    (select t.title from series_titles t where t.series_id = s.id and t.language in ($1, 'en')
     order by t.language = $1 desc, t.position limit 1),
    s.name
  ) as series_alias`;

const GET = statement(
  'catalog.volume',
  `select ${VOLUME_COLUMNS}, ${SERIES_REFERENCE} from volumes v join series s on s.id = v.series_id where v.id = $2`,
);

const PAGE = statement(
  'catalog.volumes',
  `select totals.total, page.*
   from series s
   cross join lateral (select count(*)::int as total from volumes v where v.series_id = s.id) as totals
   left join lateral (
     select ${VOLUME_COLUMNS}, ${SERIES_REFERENCE}, v.group_order as position from volumes v where v.series_id = s.id
     order by v.group_order, v.id limit $3 offset $4
   ) as page on true
   where s.id = $2
   order by page.position, page.id`,
);

@Injectable()
export class VolumeRepository {
  constructor(private readonly sql: Sql) {}

  async find(id: number, language: string): Promise<VolumeRow | undefined> {
    return this.sql.row<VolumeRow>(GET, [language, id]);
  }

  /** A page of a series' volumes; undefined when there is no such series. */
  async page(
    seriesId: number,
    language: string,
    limit: number,
    offset: number,
  ): Promise<{ total: number; rows: VolumeRow[] } | undefined> {
    const rows = await this.sql.rows<VolumeRow & { total: number; id: number | null }>(PAGE, [
      language,
      seriesId,
      limit,
      offset,
    ]);
    const [first] = rows;
    return first && { total: first.total, rows: rows.filter(({ id }) => id !== null) };
  }
}
