import { type Expression, expressionBuilder, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { SeriesCardSchema, SeriesSearchSchema } from '../catalog/read-model.entity.js';
import { selectListedSeries } from '../catalog/series-projection.js';
import { isEnabledClient } from '../clients/client-filter.js';
import { anyOf, asCount, rowNumber, type SortKey, sortKeys } from '../database/expressions.js';
import { oneRow, pageQuery, PER_ROW, smallPage, withPage } from '../database/page.js';
import { type RowOf, statementFamily, tables, type TablesOf } from '../database/statement.js';
import type { RatingSchema } from '../ratings/rating.entity.js';
import {
  matchesPattern,
  matchesUnindexed,
  type SearchParameters,
  type SearchVariant,
} from '../search/conditions.js';
import { ENTRY_COLUMNS, isVisibleToOthers } from './entry-columns.js';
import type { ReadingCountSchema, ReadingEntrySchema } from './reading-entry.entity.js';
import type { HistoryOrder } from './reading-history.dto.js';
import type { ReadingStatus } from './entry-fields.js';

/** The user for whom the page is: the owner of the entries, or another user. */
export type Audience = 'reader' | 'others';

/** The part of a request that changes the text of the statement. */
interface Variant {
  readonly audience: Audience;
  readonly order: HistoryOrder;
  readonly search: SearchVariant | null;
  readonly filtersByStatus: boolean;
  readonly filtersByClient: boolean;
  readonly isTranslated: boolean;
  readonly isCard: boolean;
}

interface Parameters extends SearchParameters {
  readonly userId: string;
  readonly language: string;
  readonly status: readonly ReadingStatus[];
  readonly client: number;
  readonly limit: number;
  readonly offset: number;
}

type Entities =
  | typeof ReadingEntrySchema
  | typeof ReadingCountSchema
  | typeof SeriesCardSchema
  | typeof SeriesSearchSchema
  | typeof RatingSchema;
type Tables = TablesOf<Entities>;
type Entry = Tables['reading_entries'];
type Key = SortKey<`e.${keyof Entry}`>;

const db = tables<Entities>();

/** A date of reduced precision sorts as its first day. */
function firstDay(column: 'e.start' | 'e.end', direction: 'asc' | 'desc'): RawBuilder<unknown> {
  return sql`rpad(${sql.ref(column)}, 10, '-01-01') ${sql.raw(direction)} nulls last`;
}

const ORDERS: Record<HistoryOrder, readonly Key[]> = {
  'name-asc': ['e.series_name', 'e.series_id'],
  'name-desc': ['e.series_name desc', 'e.series_id'],
  'update-asc': ['e.last_update', 'e.series_id'],
  'update-desc': ['e.last_update desc', 'e.series_id'],
  'priority-asc': ['e.priority', 'e.series_id'],
  'priority-desc': ['e.priority desc', 'e.series_id'],
  'score-asc': ['e.score asc nulls last', 'e.series_id'],
  'score-desc': ['e.score desc nulls last', 'e.series_id'],
  'start-date-asc': [firstDay('e.start', 'asc'), 'e.series_id'],
  'start-date-desc': [firstDay('e.start', 'desc'), 'e.series_id'],
  'end-date-asc': [firstDay('e.end', 'asc'), 'e.series_id'],
  'end-date-desc': [firstDay('e.end', 'desc'), 'e.series_id'],
};

/** Up to this many entries, scanning the list beats the trigram index of the catalog. */
const SMALL_LIST = 1_000;

/** A page of a reader's history and its total. */
export const HISTORY_PAGE = statementFamily('reading-history.page', (variant: Variant, p: Parameters) => {
  const clientKnown = variant.filtersByClient ? isEnabledClient(p.client) : sql<boolean>`true`;
  const { search } = variant;
  // The counts are those of all statuses, whichever ones the page shows.
  const anyStatus = { ...variant, filtersByStatus: false };
  if (search === null) {
    return pageQuery(
      withPage(pageInOrder(variant, p)),
      () => ({ counts: countsByStatus(countersByStatus(anyStatus, p)), client_known: clientKnown }),
      () => rowsOfPage(p, variant),
    );
  }
  return pageQuery(
    oneRow(
      db
        .with(
          (cte) => cte('matches').materialized(),
          () => searchMatches(anyStatus, search, p),
        )
        .with('page', (query) =>
          query
            .selectFrom((eb) =>
              smallPage(
                eb
                  .selectFrom('matches')
                  .selectAll()
                  .$if(variant.filtersByStatus, (some) =>
                    some.where('status', '=', anyOf(p.status, 'reading_status[]')),
                  )
                  .orderBy('position')
                  .limit(p.limit)
                  .offset(p.offset),
              ).as('shown'),
            )
            .innerJoinLateral(
              (eb) =>
                eb
                  .selectFrom('reading_entries')
                  .selectAll()
                  .where('user_id', '=', p.userId)
                  .whereRef('series_id', '=', 'shown.series_id')
                  .offset(PER_ROW)
                  .as('e'),
              (join) => join.onTrue(),
            )
            .selectAll('e')
            .select('shown.position'),
        ),
    ),
    (eb) => ({
      counts: countsByStatus(
        eb
          .selectFrom('matches')
          .select((match) => ['status', asCount(match.fn.countAll()).as('count')])
          .groupBy('status'),
      ),
      client_known: clientKnown,
    }),
    () => rowsOfPage(p, variant),
  );
});

/** The conditions of a page, for entries (`e`) or for their counters (`c`). */
function matchesFilters(
  of: 'e' | 'c',
  { audience, filtersByStatus, filtersByClient }: Variant,
  p: Parameters,
) {
  const eb = expressionBuilder<{ e: Entry; c: Tables['reading_counts'] }, 'e' | 'c'>();
  return eb.and([
    eb(`${of}.user_id`, '=', p.userId),
    ...(audience === 'others' ? [isVisibleToOthers(of)] : []),
    ...(filtersByStatus ? [eb(`${of}.status`, '=', anyOf(p.status, 'reading_status[]'))] : []),
    ...(filtersByClient
      ? [eb(`${of}.series_client`, 'in', [sql.lit(0), sql<number>`${p.client}::int`])]
      : []),
  ]);
}

function entries(variant: Variant, p: Parameters) {
  return db.selectFrom('reading_entries as e').where(matchesFilters('e', variant, p));
}

/** The number of entries by status, from the counters. */
function countersByStatus(variant: Variant, p: Parameters) {
  return db
    .selectFrom('reading_counts as c')
    .select((eb) => ['c.status', asCount(eb.fn.sum('c.total')).as('count')])
    .where(matchesFilters('c', variant, p))
    .groupBy('c.status');
}

/** Number of entries by status. */
interface CountsByStatus {
  readonly planned?: number;
  readonly started?: number;
  readonly completed?: number;
  readonly paused?: number;
  readonly dropped?: number;
}

/** The rows of a query, `status` and `count`, as an object. A status without entries may be absent. */
function countsByStatus(
  rows: Expression<{ status: ReadingStatus; count: number }>,
): RawBuilder<CountsByStatus> {
  return sql`(select coalesce(jsonb_object_agg(status, count), '{}') from (${rows}) as counted)`;
}

function totalFromCounters(variant: Variant, p: Parameters) {
  return db
    .selectFrom('reading_counts as c')
    .select((eb) => eb.fn.sum<number>('c.total').as('total'))
    .where(matchesFilters('c', variant, p));
}

/** The page of a list without a search: read by an index in its order where there is one. */
function pageInOrder(variant: Variant, p: Parameters) {
  const page = entries(variant, p)
    .selectAll('e')
    .orderBy(sortKeys(ORDERS[variant.order]))
    .limit(p.limit)
    .offset(p.offset);
  return db.selectFrom(page.as('e')).selectAll('e').select(rowNumber().as('position'));
}

/**
 * All matches of a search with their positions. The total needs all of them, so that they are read once, with only the
 * columns of the order. For a short list the series of all entries are compared; for a long one the trigram index of
 * the catalog finds the matching series first.
 */
function searchMatches(variant: Variant, { column, by }: SearchVariant, p: Parameters) {
  const text = expressionBuilder<{ f: Tables['series_search'] }, 'f'>().ref(`f.${column}`);
  const own = entries(variant, p)
    .innerJoin('series_search as f', 'f.series_id', 'e.series_id')
    .selectAll('e')
    .where(matchesUnindexed(text, p));
  const isSmall = sql<SqlBool>`${asCount(totalFromCounters(variant, p))} <= ${sql.lit(SMALL_LIST)}`;
  // For a term without three letters or digits in a row the trigram index is no use.
  const candidates =
    by === 'trigrams'
      ? own.where(isSmall).unionAll(indexed(variant, text, p).where(sql<SqlBool>`not ${isSmall}`))
      : own;
  return db
    .selectFrom(candidates.as('e'))
    .select(['e.series_id', 'e.status', rowNumber(sortKeys(ORDERS[variant.order])).as('position')]);
}

function indexed(variant: Variant, text: Expression<string>, p: Parameters) {
  const matching = db.selectFrom('series_search as f').select('f.series_id').where(matchesPattern(text, p));
  return db
    .selectFrom(matching.as('f'))
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('reading_entries as e')
          .selectAll('e')
          .where(matchesFilters('e', variant, p))
          .whereRef('e.series_id', '=', 'f.series_id')
          .offset(PER_ROW)
          .as('e'),
      (join) => join.onTrue(),
    )
    .selectAll('e');
}

/** The entries of the page with their series and the reader's ratings. */
function rowsOfPage(p: Parameters, { isTranslated, isCard }: Pick<Variant, 'isTranslated' | 'isCard'>) {
  const page = db
    .withTables<{ page: Entry & { position: number } }>()
    .selectFrom('page as e')
    .innerJoin('series_cards as c', 'c.series_id', 'e.series_id')
    .select(ENTRY_COLUMNS)
    .select((eb) => [
      'e.position',
      // A scalar subquery, since for a join PostgreSQL would read all ratings of the user.
      eb
        .selectFrom('ratings as r')
        .select('r.rating')
        .where('r.user_id', '=', p.userId)
        .whereRef('r.series_id', '=', 'e.series_id')
        .as('rating'),
    ]);
  return selectListedSeries(page, { language: p.language, isTranslated, isCard });
}

/** A series with the user's entry and rating. */
export type HistoryRow = RowOf<ReturnType<typeof HISTORY_PAGE.of>>['shown'];
