import { type RawBuilder, sql } from 'kysely';
import type { CatalogVersionSchema, SeriesSchema } from '../catalog/catalog.entity.js';
import { bySpelling, facets } from '../catalog/facet-queries.js';
import type { FacetDto } from '../catalog/facets.dto.js';
import { isEnabledOrAbsent } from '../clients/client-filter.js';
import { asCount, timestamp } from '../database/expressions.js';
import { ONE_ROW, PER_ROW } from '../database/page.js';
import { statement, statementFamily, tables } from '../database/statement.js';
import type { ReaderCounterSchema } from '../reader-log/reader-counter.entity.js';
import { isVisibleToOthers } from './entry-columns.js';
import type { FormerReadSchema } from './former-read.entity.js';
import type { Audience } from './history-page.js';
import type { ReadingCountSchema, ReadingEntrySchema } from './reading-entry.entity.js';
import type { ActivityDto, MonthDto, ScoreCountDto, YearDto } from './statistics.dto.js';

type Entities =
  | typeof ReadingEntrySchema
  | typeof ReadingCountSchema
  | typeof FormerReadSchema
  | typeof SeriesSchema
  | typeof CatalogVersionSchema
  | typeof ReaderCounterSchema;

const db = tables<Entities>();

/** Maximum number of tags in statistics. */
const MAX_TAGS = 50;

interface Reader {
  readonly userId: string;
}

/** The state that statistics depend on: the last change of the reader, and the last one of the catalog. */
export const STATISTICS_VERSION = statement(
  'statistics.version',
  ({ userId, client }: Reader & { readonly client: number | null }) =>
    ONE_ROW.select([
      sql<number>`coalesce((${db
        .selectFrom('reader_counters as c')
        .select('c.number')
        .where('c.user_id', '=', userId)}), 0)`.as('number'),
      sql<number>`(${db.selectFrom('catalog_version').select('version')})`.as('catalog'),
      isEnabledOrAbsent(client).as('client_known'),
    ]),
);

/** What statistics of all entries need of the entries themselves. The counts by status are kept in `reading_counts`. */
export const GENERAL = statement('statistics.general', ({ userId }: Reader) =>
  db
    .selectFrom('reading_entries as e')
    .where('e.user_id', '=', userId)
    .select((eb) => [
      asCount(sql`sum(greatest(e.reread, e.former_reads))`).as('total_rereads'),
      sql<number | null>`round(avg(e.score), 2)`.as('avg_score'),
      timestamp(eb.fn.min('e.created') as never).as('first_entry'),
      timestamp(eb.fn.max('e.created') as never).as('last_entry'),
      sql<Record<string, number>>`(select coalesce(jsonb_object_agg(status, total), '{}') from (${db
        .selectFrom('reading_counts as c')
        .select(['c.status', sql<number>`sum(c.total)`.as('total')])
        .where('c.user_id', '=', userId)
        .groupBy('c.status')}) as counted)`.as('counts'),
    ]),
);

interface Variant {
  readonly audience: Audience;
  readonly filtersByClient: boolean;
}

interface Parameters extends Reader {
  readonly client: number;
  /** Dates `YYYY-MM-DD`, both inclusive. */
  readonly from: string;
  readonly to: string;
}

/**
 * The reader's entries with what statistics show of their series. They are read in the order of the series, so that
 * neighbours are on one page.
 */
function ownEntries({ audience, filtersByClient }: Variant, p: Parameters) {
  const entries = db
    .selectFrom('reading_entries as e')
    .select(['e.series_id', 'e.status', 'e.priority', 'e.score', 'e.start', 'e.end'])
    .where('e.user_id', '=', p.userId)
    .$if(audience === 'others', (query) => query.where(isVisibleToOthers('e')))
    .$if(filtersByClient, (query) => query.where(isOfClient(sql`e.series_client`, p)))
    .orderBy('e.series_id')
    .offset(PER_ROW);
  return db
    .selectFrom(entries.as('e'))
    .innerJoin('series as s', 's.id', 'e.series_id')
    .selectAll('e')
    .select(['s.type', 's.origin', 's.tags']);
}

function isOfClient(seriesClient: RawBuilder<number>, p: Parameters): RawBuilder<boolean> {
  return sql<boolean>`${seriesClient} in (0, ${p.client}::int)`;
}

/** The builder for statements over their own common table expressions. */
const plain = tables<never>();

/** Entries by the values of a column. Only the groups are converted to texts. */
function byColumn(column: 'status' | 'type' | 'priority'): RawBuilder<FacetDto[]> {
  return facets(
    sql<{ key: string; count: number }>`select value::text as key, count
      from (select ${sql.ref(column)} as value, count(*)::int as count from own group by 1) as v`,
  );
}

const BY_ORIGIN = facets(
  bySpelling(
    sql`select origin as spelling, count(*) as count from own group by origin`,
    sql`(select count(*) from own where lower(own.origin collate "und-x-icu") = k.folded)`,
  ),
);

const BY_TAG = facets(
  bySpelling(
    sql`select spelling, count(*) as count from own cross join lateral unnest(own.tags) as t (spelling) group by spelling`,
    sql`(select count(*) from own where tag_keys(own.tags) @> array[k.folded])`,
  ),
  MAX_TAGS,
);

/** Scores rounded half up to 1, 2, … 10; lower ones count for 1. */
const BY_SCORE = sql<
  ScoreCountDto[]
>`(select json_agg(json_build_object('rating', bucket, 'count', coalesce(count, 0))
    order by bucket)
  from generate_series(1, 10) as bucket
  left join (
    select greatest(1, floor(score + 0.5)) as rounded, sum(entries) as count
    from (select score, count(*) as entries from own where score is not null group by score) as s group by 1
  ) as scores on rounded = bucket)`;

/**
 * The starts of all reads and the ends of those that are completed, as far as their first day is in the period. Many
 * reads have the same dates: they are counted before the dates are compared. Others do not see former reads.
 */
function datesOfReads({ audience }: Variant, p: Parameters) {
  const former = (
    date: 'r.start' | 'r.end',
  ) => sql`from former_reads r join own on own.series_id = r.series_id
        where r.user_id = ${p.userId} and ${sql.ref(date)} is not null`;
  const formerDates = sql`union all select r.start, 1, 0 ${former('r.start')}
        union all select r."end", 0, 1 ${former('r.end')} and r.status = 'completed'`;
  return sql`select day, started, completed from (
      select day, sum(started) as started, sum(completed) as completed from (
        select own.start as day, 1 as started, 0 as completed from own where own.start is not null
        union all select own."end", 0, 1 from own where own."end" is not null and own.status = 'completed'
        ${audience === 'reader' ? formerDates : sql``}
      ) as reads group by day
    ) as dates
    where rpad(day, 10, '-01-01') between ${p.from}::text and ${p.to}::text`;
}

/** What the reader has read and changed on each day of the period. */
function days({ filtersByClient }: Variant, p: Parameters) {
  const client = filtersByClient ? sql`and ${isOfClient(sql`d.series_client`, p)}` : sql``;
  return sql`select d.day, sum(d.changes) as changes, sum(d.chapters) as chapters, sum(d.volumes) as volumes
    from reading_days d
    where d.user_id = ${p.userId} and d.day between ${p.from}::date and ${p.to}::date ${client}
    group by d.day`;
}

/** Sums of the periods whose name is the beginning of a date. Dates that are less precise are left out. */
function periods<Row>(
  name: string,
  length: number,
  key: RawBuilder<unknown>,
  isOwn: boolean,
): RawBuilder<Row[]> {
  const read = isOwn
    ? sql`union all select to_char(day, 'YYYY-MM-DD'), 0, 0, chapters, volumes from read_days`
    : sql``;
  const counters = isOwn ? sql`, 'chapters', chapters, 'volumes', volumes` : sql``;
  return sql<Row[]>`(select coalesce(json_agg(json_build_object(${sql.lit(name)}, ${key}, 'started', started,
      'completed', completed${counters}) order by period), '[]')
    from (
      select left(day, ${sql.lit(length)}) as period, sum(started) as started, sum(completed) as completed,
        sum(chapters) as chapters, sum(volumes) as volumes
      from (
        select day, started, completed, 0 as chapters, 0 as volumes from dates ${read}
      ) as parts
      where length(day) >= ${sql.lit(length)} group by 1
    ) as sums
    where started > 0 or completed > 0 or chapters > 0 or volumes > 0)`;
}

const months = (isOwn: boolean) => periods<MonthDto>('month', 7, sql`period`, isOwn);
const years = (isOwn: boolean) => periods<YearDto>('year', 4, sql`period::int`, isOwn);

const ACTIVITY = sql<ActivityDto[]>`(select coalesce(json_agg(json_build_object(
    'date', to_char(day, 'YYYY-MM-DD'), 'changes', changes) order by day), '[]') from read_days)`;

function withOwn(variant: Variant, p: Parameters) {
  return plain
    .with(
      (cte) => cte('own').materialized(),
      () => ownEntries(variant, p) as never,
    )
    .with('dates', () => sql`(${datesOfReads(variant, p)})` as never);
}

/** The statistics of a reader, for the reader. */
export const STATISTICS = statementFamily(
  'statistics.own',
  ({ filtersByClient }: Pick<Variant, 'filtersByClient'>, p: Parameters) => {
    const variant: Variant = { audience: 'reader', filtersByClient };
    return withOwn(variant, p)
      .with('read_days', () => sql`(${days(variant, p)})` as never)
      .selectNoFrom([
        byColumn('status').as('by_status'),
        byColumn('type').as('by_type'),
        BY_ORIGIN.as('by_origin'),
        byColumn('priority').as('by_priority'),
        BY_TAG.as('by_tag'),
        BY_SCORE.as('by_score'),
        months(true).as('months'),
        years(true).as('years'),
        ACTIVITY.as('activity'),
      ]);
  },
);

/** The statistics of a reader's public entries, for others. */
export const PUBLIC_STATISTICS = statementFamily(
  'statistics.public',
  ({ filtersByClient }: Pick<Variant, 'filtersByClient'>, p: Parameters) =>
    withOwn({ audience: 'others', filtersByClient }, p).selectNoFrom([
      byColumn('status').as('by_status'),
      byColumn('type').as('by_type'),
      BY_ORIGIN.as('by_origin'),
      BY_TAG.as('by_tag'),
      BY_SCORE.as('by_score'),
      months(false).as('months'),
      years(false).as('years'),
    ]),
);
