import { Injectable } from '@nestjs/common';
import { Sql, statement } from '../database/sql.js';
import { volumeColumns, type VolumeRow } from './volume-projection.js';

const OWN_COPY = 'left join collection_items i on i.user_id = $3 and i.volume_id = v.id';

const GET = statement(
  'catalog.volume',
  `select ${volumeColumns('$1')} from volumes v join series s on s.id = v.series_id ${OWN_COPY} where v.id = $2`,
);

const PAGE = statement(
  'catalog.volumes',
  `select totals.total, page.*
   from series s
   cross join lateral (select count(*)::int as total from volumes v where v.series_id = s.id) as totals
   left join lateral (
     select ${volumeColumns('$1')}, v.group_order as position from volumes v ${OWN_COPY} where v.series_id = s.id
     order by v.group_order, v.id limit $4 offset $5
   ) as page on true
   where s.id = $2
   order by page.position, page.id`,
);

@Injectable()
export class VolumeRepository {
  constructor(private readonly sql: Sql) {}

  /** A volume with the viewer's own copy, if somebody asks who has one. */
  async find(id: number, language: string, viewerId: string | null): Promise<VolumeRow | undefined> {
    return this.sql.row<VolumeRow>(GET, [language, id, viewerId]);
  }

  /** A page of a series' volumes; undefined when there is no such series. */
  async page(
    seriesId: number,
    language: string,
    viewerId: string | null,
    { limit, offset }: { limit: number; offset: number },
  ): Promise<{ total: number; rows: VolumeRow[] } | undefined> {
    const values = [language, seriesId, viewerId, limit, offset];
    const rows = await this.sql.rows<VolumeRow & { total: number; id: number | null }>(PAGE, values);
    const [first] = rows;
    return first && { total: first.total, rows: rows.filter(({ id }) => id !== null) };
  }
}
