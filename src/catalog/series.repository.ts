import { Injectable } from '@nestjs/common';
import { Sql, Statements, statement } from '../database/sql.js';
import { clientKnown } from '../clients/client-filter.js';
import { HISTOGRAM } from './series-ratings.js';
import type { SERIES_ORDERS } from './catalog.dto.js';
import type { SeriesType } from './catalog.entity.js';
import { DEFAULT_LIMIT } from '../http/page.dto.js';
import { matches } from '../search/conditions.js';
import { escapeLike, type SearchForm, searchTerm, searchTwice } from '../search/fold.js';
import { seriesProjection, type SeriesRow } from './series-projection.js';

/** Which public series, and in what order. */
export interface SeriesSelection {
  readonly search: string | undefined;
  readonly type: SeriesType | undefined;
  readonly client: number | undefined;
  readonly order: (typeof SERIES_ORDERS)[number];
  readonly language: string;
  readonly limit: number;
  readonly offset: number;
}

export interface SeriesPageRows {
  readonly total: number;
  /** False when the client that was asked for is not registered, or disabled. */
  readonly clientKnown: boolean;
  readonly rows: SeriesRow[];
}

/** A series with how many ratings round to 1, 2, … 10. */
export type SeriesDetailRow = SeriesRow & { readonly histogram: number[] };

const ORDERS = {
  'name-asc': 's.name asc, s.id',
  'name-desc': 's.name desc, s.id',
  'added-asc': 's.added asc, s.id',
  'added-desc': 's.added desc, s.id',
  'rating-asc': 's.ranked_average asc, s.id',
  'rating-desc': 's.ranked_average desc nulls last, s.id',
} as const;

const series = seriesProjection('$1');

const GET = statement(
  'catalog.series',
  `select ${series.columns}, ${HISTOGRAM} from series s ${series.joins} where s.id = $2`,
);

const ANY = statement('catalog.any', 'select id from series limit 1');

@Injectable()
export class SeriesRepository {
  private readonly statements = new Statements('catalog.page');

  constructor(private readonly sql: Sql) {}

  async hasAny(): Promise<boolean> {
    return (await this.sql.row(ANY)) !== undefined;
  }

  async find(id: number, language: string): Promise<SeriesDetailRow | undefined> {
    return this.sql.row<SeriesDetailRow>(GET, [language, id]);
  }

  /** A page of public series and its total: one statement, and a second one where a search has found nothing. */
  async page(selection: SeriesSelection): Promise<SeriesPageRows> {
    return searchTwice(searchTerm(selection.search), (form) => this.pageOf(selection, form));
  }

  private async pageOf(selection: SeriesSelection, search: SearchForm | null): Promise<SeriesPageRows> {
    const values: unknown[] = [selection.language];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const range = rangeOf(selection, bind);
    const conditions = ['s.public = 1'];
    const type = selection.type === undefined ? null : bind(selection.type);
    if (type !== null) conditions.push(`s.type = ${type}::text`);
    const client = selection.client === undefined ? null : bind(selection.client);
    if (client !== null) conditions.push(`(s.client_id is null or s.client_id = ${client}::int)`);
    const order = selection.order === 'relevance' ? 'name-asc' : selection.order;
    const page =
      search === null
        ? listed(conditions, ORDERS[order], range, countedTotal(type, client))
        : searched(
            [...conditions, ...matches(`s.${search.column}`, search.term, bind)],
            selection.order === 'relevance' ? relevance(bind, search) : ORDERS[order],
            range,
          );
    const text = `with ${page.sources}
      select (${page.total}) as total, ${clientKnown(client)} as client_known, shown.*
      from (select) as one
      left join lateral (
        select ${series.columns}, page.position from page join series s on s.id = page.id ${series.joins}
      ) as shown on true
      order by shown.position`;
    const rows = await this.sql.rows<SeriesRow & { total: number; client_known: boolean; id: number | null }>(
      this.statements.of(text),
      values,
    );
    return {
      total: rows[0]?.total ?? 0,
      clientKnown: rows[0]?.client_known ?? false,
      rows: rows.filter(({ id }) => id !== null),
    };
  }
}

/**
 * Which part of the list. The first page is what most ask for, and stands in the text: of one whose size it does not
 * know, PostgreSQL expects a tenth of the catalog, and plans anew each time.
 */
function rangeOf({ limit, offset }: SeriesSelection, bind: (value: unknown) => string): string {
  return limit === DEFAULT_LIMIT && offset === 0
    ? `limit ${DEFAULT_LIMIT}`
    : `limit ${bind(limit)} offset ${bind(offset)}`;
}

/** Without a search an index gives the page in its order, and the kept counts its total. */
function listed(conditions: readonly string[], order: string, range: string, total: string) {
  const where = conditions.join(' and ');
  const sources = `page as materialized (
      select s.id, row_number() over (order by ${order}) as position
      from series s where ${where} order by ${order} ${range}
    )`;
  return { sources, total };
}

/** With a search all matches must be seen to be counted: once, and no wider than their order needs. */
function searched(conditions: readonly string[], order: string, range: string) {
  const sources = `matches as materialized (
      select s.id, row_number() over (order by ${order}) as position
      from series s where ${conditions.join(' and ')}
    ), page as (
      select id, position from matches order by position ${range}
    )`;
  return { sources, total: 'select count(*)::int from matches' };
}

/** Whole names first, then beginnings of names, then beginnings of words, then the rest. */
function relevance(bind: (value: unknown) => string, { column, term }: SearchForm): string {
  const text = escapeLike(term);
  const levels = [`%\n${text}\n%`, `%\n${text}%`, `% ${text}%`];
  const cases = levels.map((pattern, level) => `when s.${column} like ${bind(pattern)}::text then ${level}`);
  return `case ${cases.join(' ')} else ${levels.length} end, s.name, s.id`;
}

function countedTotal(type: string | null, client: string | null): string {
  const conditions = ['c.public = 1'];
  if (type !== null) conditions.push(`c.type = ${type}::text`);
  if (client !== null) conditions.push(`c.client_id in (0, ${client}::int)`);
  return `select coalesce(sum(c.total), 0)::int from series_counts c where ${conditions.join(' and ')}`;
}
