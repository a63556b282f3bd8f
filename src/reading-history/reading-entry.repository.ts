import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { clientKnown } from '../clients/client-filter.js';
import { containing, type SearchForm, searchTerm, searchTwice, shortTermGrams } from '../search/fold.js';
import { seriesProjection, type SeriesRow } from '../catalog/series-projection.js';
import { runIn, Sql, statement, type Statement, Statements, timestamp } from '../database/sql.js';
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
const VISIBLE_TO_OTHERS = "visibility = 'public'";

/** A page of a reader's history; `clientKnown` is false when the client that was asked for is unknown or disabled. */
export interface HistoryPage {
  readonly total: number;
  readonly clientKnown: boolean;
  readonly rows: HistoryRow[];
}

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

/** How many series that may match are looked at sooner than the catalog's index is asked. */
const FEW = 1_000;

// Not a join, for which PostgreSQL would read all that the reader has rated.
const RATING = `(select r.rating from ratings r where r.user_id = $1 and r.series_id = e.series_id) as rating`;

/** A date of reduced precision sorts as its first day. */
const firstDay = (column: string) => `rpad(${column}, 10, '-01-01')`;

const SORT_KEYS: Record<string, string> = {
  name: 'e.series_name',
  update: 'e.last_update',
  priority: 'e.priority',
  score: 'e.score',
  'start-date': firstDay('e.start'),
  'end-date': firstDay('e."end"'),
};

const FIND = statement(
  'reading-history.find',
  `select ${ENTRY} from reading_entries e where e.user_id = $1 and e.series_id = $2`,
);

const SERIES_EXISTS = statement('reading-history.series-exists', 'select from series where id = $1');

const ADD = statement(
  'reading-history.add',
  `with target as (
     select ${clientKnown('$13')} as client_known, exists(select from series where id = $2) as series_known
   ), written as (
     insert into reading_entries (user_id, series_id, visibility, progress_type, progress, status, reread, score,
       priority, start, "end", notes, client_id, series_name, series_client)
     select $1, s.id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, s.name, coalesce(s.client_id, 0)
     from target join series s on s.id = $2 where client_known
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
  `select c.status, sum(c.total)::int as count from reading_counts c
   where c.user_id = $1 and c.${VISIBLE_TO_OTHERS} group by c.status`,
);

// Names that differ in what their order ignores stay as they are. First entries, then counts, each in the order of its
// key: readers, who do so as well, and imports then never wait for each other in a circle.
const REKEY = `with changed as materialized (
     select e.user_id, e.series_id, e.visibility, e.status, e.series_client as former, s.name,
       coalesce(s.client_id, 0) as client
     from reading_entries e join series s on s.id = e.series_id
     where s.external_id = any($1::text[])
       and (e.series_name <> s.name or e.series_client <> coalesce(s.client_id, 0))
     order by e.user_id, e.series_id for no key update of e
   ), moved as (
     update reading_entries e set series_name = c.name, series_client = c.client
     from changed c where e.user_id = c.user_id and e.series_id = c.series_id
   )
   insert into reading_counts as c (user_id, visibility, status, series_client, total)
   select user_id, visibility, status, side.owner, sum(side.change)
   from changed cross join lateral (values (former, -1), (client, 1)) as side (owner, change)
   where former <> client
   group by 1, 2, 3, 4 order by 1, 2, 3, 4
   on conflict (user_id, visibility, status, series_client) do update set total = c.total + excluded.total`;

const DELETE = statement(
  'reading-history.delete',
  'delete from reading_entries where user_id = $1 and series_id = $2 returning series_id',
);

@Injectable()
export class ReadingEntryRepository {
  private readonly statements = new Statements('reading-history.page');

  constructor(private readonly sql: Sql) {}

  /** The reader's entry; null when there is none, undefined when there is no such series. */
  async find(userId: string, seriesId: number): Promise<EntryRow | null | undefined> {
    const row = await this.sql.row<EntryRow>(FIND, [userId, seriesId]);
    if (row !== undefined) return row;
    return (await this.sql.row(SERIES_EXISTS, [seriesId])) === undefined ? undefined : null;
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

  /** Brings what lists are ordered and filtered by up to date with series that an import has changed. */
  async rekey(em: EntityManager, externalIds: readonly string[]): Promise<void> {
    await runIn(em, REKEY, [externalIds]);
  }

  /**
   * A page of a reader's history and its total: one statement, and a second one where a search has found nothing. It
   * reads this reader's entries alone; without a search, and in the order of updates or names, only those of the page.
   */
  async page(selection: HistorySelection): Promise<HistoryPage> {
    return searchTwice(searchTerm(selection.search), (form) => this.pageOf(selection, form));
  }

  private async pageOf(selection: HistorySelection, search: SearchForm | null): Promise<HistoryPage> {
    const values: unknown[] = [selection.userId, selection.language, selection.limit, selection.offset];
    const text = pageText(selection, search, (value) => `$${values.push(value)}`);
    const rows = await this.sql.rows<
      HistoryRow & { total: number; client_known: boolean; id: number | null }
    >(this.statements.of(text), values);
    return {
      total: rows[0]?.total ?? 0,
      clientKnown: rows[0]?.client_known ?? false,
      rows: rows.filter(({ id }) => id !== null),
    };
  }
}

function pageText(
  selection: HistorySelection,
  search: SearchForm | null,
  bind: (value: unknown) => string,
): string {
  const { order, status, client } = selection;
  const [, key = 'update', direction = 'desc'] = /^(.*)-(asc|desc)$/.exec(order) ?? [];
  // What entries and their counts are filtered by alike.
  const filters: string[] = [];
  if (selection.audience === 'others') filters.push(VISIBLE_TO_OTHERS);
  if (status !== undefined) filters.push(`status = any(${bind(status)}::reading_status[])`);
  const clientPlace = client === undefined ? null : bind(client);
  if (clientPlace !== null) filters.push(`series_client in (0, ${clientPlace}::int)`);
  const where = (alias: string) =>
    [`${alias}.user_id = $1`, ...filters.map((filter) => `${alias}.${filter}`)].join(' and ');
  const sorting = `${SORT_KEYS[key]} ${direction}${nulls(key)}, e.series_id`;
  const page = search === null ? listed(where, sorting) : searched(where, sorting, search, bind);
  const { columns, joins } = seriesProjection('$2');
  return `with ${page.sources}
    select (${page.total}) as total, ${clientKnown(clientPlace)} as client_known, shown.*
    from (select) as one
    left join lateral (
      select ${columns}, ${ENTRY}, e.position, ${RATING}
      from page e
      join series s on s.id = e.series_id
      ${joins}
    ) as shown on true
    order by shown.position`;
}

/** Without a search the page is read in its order, and the kept counts give its total. */
function listed(where: (alias: string) => string, sorting: string) {
  return {
    sources: `page as materialized (
      select e.*, row_number() over () as position from (
        select e.* from reading_entries e where ${where('e')} order by ${sorting} limit $3 offset $4
      ) as e
    )`,
    total: `select coalesce(sum(c.total), 0)::int from reading_counts c where ${where('c')}`,
  };
}

/**
 * With a search all matches must be seen to be counted: once, and no wider than their order needs. Those who keep few
 * series have each of them looked at; for the others the catalog's index says first which series it can be.
 */
function searched(
  where: (alias: string) => string,
  sorting: string,
  { column, term }: SearchForm,
  bind: (value: unknown) => string,
) {
  const pattern = bind(containing(term));
  // The catalog's index is no help with a letter or two, which stand in most of its names.
  const always = shortTermGrams(term) !== null;
  const few = `(select coalesce(sum(c.total), 0) from reading_counts c where ${where('c')}) <= ${FEW}`;
  const own = `select e.* from reading_entries e join series s on s.id = e.series_id
    where ${where('e')} and ${always ? 'true' : few} and (s.${column} || '') like ${pattern}::text`;
  // `offset 0` keeps PostgreSQL, which thinks of every reader as of the average one, from the other order.
  const found = `select e.* from (select id from series where ${column} like ${pattern}::text offset 0) as s
    join reading_entries e on e.series_id = s.id where ${where('e')} and not ${few}`;
  return {
    sources: `matches as materialized (
      select e.series_id, row_number() over (order by ${sorting}) as position
      from (${always ? own : `${own} union all ${found}`}) as e
    ), page as (
      select e.*, shown.position
      from (select * from matches order by position limit $3 offset $4) as shown
      join reading_entries e on e.user_id = $1 and e.series_id = shown.series_id
    )`,
    total: 'select count(*)::int from matches',
  };
}

/** Only where there can be nulls: the clause would keep an index from being read backwards. */
function nulls(key: string): string {
  return ['score', 'start-date', 'end-date'].includes(key) ? ' nulls last' : '';
}
