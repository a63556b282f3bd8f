import { Injectable } from '@nestjs/common';
import { clientKnown } from '../clients/client-filter.js';
import { containing, fold } from '../search/fold.js';
import { seriesProjection, type SeriesRow } from '../catalog/series-projection.js';
import { Sql, statement, timestamp, type Statement } from '../database/sql.js';
import type {
  HistoryOrder,
  Priority,
  ProgressType,
  ReadingEntryInput,
  ReadingStatus,
  Visibility,
} from './reading-history.dto.js';

export interface EntryRow {
  readonly user_id: string;
  readonly series_id: number;
  readonly visibility: Visibility;
  readonly progress_type: ProgressType;
  readonly progress: string;
  readonly status: ReadingStatus;
  readonly reread: number;
  readonly score: string | null;
  readonly priority: Priority;
  readonly start: string | null;
  readonly end: string | null;
  readonly notes: string | null;
  readonly entry_client: number;
  readonly last_update: string;
}

export type HistoryRow = SeriesRow & EntryRow & { readonly rating: string | null };

/** For whom entries are shown: their reader, or others. */
export type Audience = 'reader' | 'others';

/** How many entries of a reader's have which status. */
export type StatusCounts = Record<ReadingStatus, number>;

/**
 * SQL: what others may see of a reader's entries. It stands under every query that shows them to somebody else, so
 * that neither rows, totals, orders nor searches depend on a private entry.
 */
const VISIBLE_TO_OTHERS = "e.visibility = 'public'";

/** Which entries of a reader's, and in what order. */
export interface HistorySelection {
  /** Whose entries. */
  readonly userId: string;
  readonly audience: Audience;
  readonly order: HistoryOrder;
  readonly search: string | undefined;
  readonly status: readonly ReadingStatus[] | undefined;
  readonly client: number | undefined;
  readonly language: string;
  readonly limit: number;
  readonly offset: number;
}

/** What an attempt to write an entry met. */
export interface WriteOutcome {
  readonly client_known: boolean;
  readonly series_known: boolean;
  readonly written: boolean;
}

const ENTRY = `e.user_id, e.series_id, e.visibility, e.progress_type, e.progress, e.status, e.reread, e.score, e.priority,
  e.start, e."end", e.notes, e.client_id as entry_client,
  ${timestamp('e.last_update')} as last_update`;

/** A date of reduced precision sorts as its first day. */
const firstDay = (column: string) => `rpad(${column}, 10, '-01-01')`;

const SORT_KEYS: Record<string, string> = {
  name: 's.name',
  update: 'e.last_update',
  priority: 'e.priority',
  score: 'e.score',
  'start-date': firstDay('e.start'),
  'end-date': firstDay('e."end"'),
};

const FIND = statement(
  'reading-history.find',
  `select s.id as series, ${ENTRY}
   from series s left join reading_entries e on e.series_id = s.id and e.user_id = $1
   where s.id = $2`,
);

const ADD = statement(
  'reading-history.add',
  `with target as (
     select ${clientKnown('$13')} as client_known, exists(select from series where id = $2) as series_known
   ), written as (
     insert into reading_entries (user_id, series_id, visibility, progress_type, progress, status, reread, score,
       priority, start, "end", notes, client_id)
     select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 from target where client_known and series_known
     on conflict (user_id, series_id) do nothing
     returning 1
   )
   select client_known, series_known, exists(select from written) as written from target`,
);

const UPDATE = statement(
  'reading-history.update',
  `with target as (
     select ${clientKnown('$13')} as client_known
   ), written as (
     update reading_entries set visibility = $3, progress_type = $4, progress = $5, status = $6, reread = $7,
       score = $8, priority = $9, start = $10, "end" = $11, notes = $12, client_id = $13,
       last_update = clock_timestamp()
     from target where client_known and user_id = $1 and series_id = $2
     returning 1
   )
   select client_known, true as series_known, exists(select from written) as written from target`,
);

const PUBLIC_COUNTS = statement(
  'reading-history.public-counts',
  `select e.status, count(*)::int as count from reading_entries e
   where e.user_id = $1 and ${VISIBLE_TO_OTHERS} group by e.status`,
);

const DELETE = statement(
  'reading-history.delete',
  'delete from reading_entries where user_id = $1 and series_id = $2 returning series_id',
);

@Injectable()
export class ReadingEntryRepository {
  private readonly statements = new Map<string, Statement>();

  constructor(private readonly sql: Sql) {}

  /** The reader's entry; null when there is none, undefined when there is no such series. */
  async find(userId: string, seriesId: number): Promise<EntryRow | null | undefined> {
    const row = await this.sql.row<EntryRow & { user_id: string | null }>(FIND, [userId, seriesId]);
    return row && (row.user_id === null ? null : row);
  }

  /** Adds an entry, or finds that there is one: of a hundred at once, one is written. */
  async add(userId: string, seriesId: number, entry: ReadingEntryInput): Promise<WriteOutcome> {
    return this.write(ADD, userId, seriesId, entry);
  }

  async update(userId: string, seriesId: number, entry: ReadingEntryInput): Promise<WriteOutcome> {
    return this.write(UPDATE, userId, seriesId, entry);
  }

  /** Whether there was an entry. */
  async delete(userId: string, seriesId: number): Promise<boolean> {
    return (await this.sql.row(DELETE, [userId, seriesId])) !== undefined;
  }

  /** How many entries of each status a reader shows to others. */
  async publicCounts(userId: string): Promise<StatusCounts> {
    const rows = await this.sql.rows<{ status: ReadingStatus; count: number }>(PUBLIC_COUNTS, [userId]);
    const counts: StatusCounts = { started: 0, completed: 0, paused: 0, dropped: 0 };
    for (const { status, count } of rows) counts[status] = count;
    return counts;
  }

  private async write(
    write: Statement,
    userId: string,
    seriesId: number,
    entry: ReadingEntryInput,
  ): Promise<WriteOutcome> {
    const { visibility, progressType, progress, status, reread, score, priority, start, end, notes, client } =
      entry;
    const outcome = await this.sql.row<WriteOutcome>(write, [
      userId,
      seriesId,
      visibility,
      progressType,
      progress,
      status,
      reread ?? 0,
      // 0 means unscored, as null does.
      score || null,
      priority,
      start ?? null,
      end ?? null,
      notes ?? null,
      client,
    ]);
    return outcome as WriteOutcome;
  }

  /**
   * One statement for a page of a reader's history and its total. It reads this reader's entries alone; without a
   * filter, and in the order of updates, only those of the page.
   */
  async page(
    selection: HistorySelection,
  ): Promise<{ total: number; clientKnown: boolean; rows: HistoryRow[] }> {
    const values: unknown[] = [selection.userId, selection.language, selection.limit, selection.offset];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const { name, text } = pageText(selection, bind);
    const known = this.statements.get(name) ?? statement(`reading-history.page-${name}`, text);
    this.statements.set(name, known);
    const rows = await this.sql.rows<
      HistoryRow & { total: number; client_known: boolean; id: number | null }
    >(known, values);
    return {
      total: rows[0]?.total ?? 0,
      clientKnown: rows[0]?.client_known ?? false,
      rows: rows.filter(({ id }) => id !== null),
    };
  }
}

function pageText(selection: HistorySelection, bind: (value: unknown) => string): Statement {
  const { order, status, client, search } = selection;
  const [, key = 'update', direction = 'desc'] = /^(.*)-(asc|desc)$/.exec(order) ?? [];
  const term = fold(search ?? '');
  const conditions = ['e.user_id = $1', ...(selection.audience === 'others' ? [VISIBLE_TO_OTHERS] : [])];
  const parts: string[] = [selection.audience, order];
  let clientPlace: string | null = null;
  if (status !== undefined) {
    conditions.push(`e.status = any(${bind(status)}::reading_status[])`);
    parts.push('status');
  }
  if (client !== undefined) {
    clientPlace = bind(client);
    conditions.push(`(s.client_id is null or s.client_id = ${clientPlace}::int)`);
    parts.push('client');
  }
  if (term !== '') {
    conditions.push(`s.search_text like ${bind(containing(term))}::text`);
    parts.push('search');
  }
  const needsSeries = client !== undefined || term !== '';
  const from = (joins: boolean) =>
    `from reading_entries e ${joins ? 'join series s on s.id = e.series_id' : ''} where ${conditions.join(' and ')}`;
  const sorting = `${SORT_KEYS[key]} ${direction}${nulls(key)}, e.series_id`;
  const { columns, joins } = seriesProjection('$2');
  const text = `with page as materialized (
      select e.series_id, row_number() over (order by ${sorting}) as position
      ${from(needsSeries || key === 'name')}
      order by ${sorting}
      limit $3 offset $4
    )
    select (select count(*)::int ${from(needsSeries)}) as total, ${clientKnown(clientPlace)} as client_known, shown.*
    from (select) as one
    left join lateral (
      select ${columns}, ${ENTRY}, r.rating, page.position
      from page
      join reading_entries e on e.user_id = $1 and e.series_id = page.series_id
      join series s on s.id = page.series_id
      left join ratings r on r.user_id = $1 and r.series_id = page.series_id
      ${joins}
    ) as shown on true
    order by shown.position`;
  return { name: parts.join('+'), text };
}

/** Only where there can be nulls: the clause would keep an index from being read backwards. */
function nulls(key: string): string {
  return ['score', 'start-date', 'end-date'].includes(key) ? ' nulls last' : '';
}
