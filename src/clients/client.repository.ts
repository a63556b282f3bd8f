import { Injectable } from '@nestjs/common';
import { Sql, statement, timestamp } from '../database/sql.js';

export interface ClientRow {
  readonly id: number;
  readonly name: string;
  readonly enabled: boolean;
  readonly scopes: string[];
  readonly created: string;
}

const PAGE = statement(
  'clients.page',
  `select totals.total, page.* from (select count(*)::int as total from clients) as totals
   left join lateral (
     select id, name, enabled, scopes,
       ${timestamp('created')} as created
     from clients order by id limit $1 offset $2
   ) as page on true
   order by page.id`,
);

@Injectable()
export class ClientRepository {
  constructor(private readonly sql: Sql) {}

  async page(limit: number, offset: number): Promise<{ total: number; rows: ClientRow[] }> {
    const rows = await this.sql.rows<ClientRow & { total: number; id: number | null }>(PAGE, [limit, offset]);
    return { total: rows[0]?.total ?? 0, rows: rows.filter(({ id }) => id !== null) };
  }
}
