import { type Expression, expressionBuilder, type RawBuilder, sql } from 'kysely';
import { isEnabledClient, isEnabledOrAbsent } from '../clients/client-filter.js';
import { anyOf, asCount, rowCount, rowNumber, type SortKey, sortKeys } from '../database/expressions.js';
import { oneRow, pageQuery, smallPage, withPage } from '../database/page.js';
import { statementFamily, tables, type TablesOf } from '../database/statement.js';
import { matches, type SearchParameters, type SearchVariant } from '../search/conditions.js';
import { escapeLike, type SearchForm } from '../search/fold.js';
import type { SERIES_ORDERS } from './series-query.dto.js';
import type {
  Publication,
  SeriesCountSchema,
  SeriesSchema,
  SeriesType,
  VolumeSchema,
} from './catalog.entity.js';
import { NSFW_LEVEL } from './nsfw.js';
import { listedSeries, type OwnColumns, ownColumns } from './own-entry.js';
import type { SeriesCardSchema, SeriesSearchSchema } from './read-model.entity.js';
import { type ListedSeriesRow, selectListedSeries } from './series-projection.js';

export type SeriesOrder = (typeof SERIES_ORDERS)[number];

/** Which series a list contains: those that readers see, the others, or all. */
export type Visibility = 'public' | 'hidden' | 'all';

/** The filters whose totals the counters have. A list with one of them alone is read by an index in its order. */
interface CountedFilters {
  readonly kind: 'counted';
  readonly type: 'none' | 'one' | 'several';
  readonly client: boolean;
  readonly age: boolean;
}

/**
 * Any filters. The text of the statement has all of them, and absent ones hold for every series, so that there are few
 * statements. The one that `by` names can use an index.
 */
interface AnyFilters {
  readonly kind: 'any';
  readonly by: 'tags' | 'list' | 'origin' | 'language' | null;
}

/** The part of a request that changes the text of the statement. */
export interface SeriesVariant {
  readonly visibility: Visibility;
  /** Whether the rows have `external_id`. */
  readonly hasExternalId: boolean;
  readonly order: SeriesOrder;
  readonly search: SearchVariant | null;
  readonly filters: CountedFilters | AnyFilters;
  readonly isTranslated: boolean;
  readonly isCard: boolean;
  /** Whether the request is by a signed-in reader, whose entries and ratings are shown. */
  readonly isOwn: boolean;
}

/** Patterns of the order by relevance. */
interface Relevance {
  readonly wholeName: string;
  readonly nameStart: string;
  readonly wordStart: string;
}

/** The values of the filters; null for an absent one. */
export interface FilterParameters {
  readonly types: readonly SeriesType[] | null;
  readonly client: number | null;
  /** The highest level of age; see `NSFW_LEVEL`. */
  readonly level: number;
  readonly origin: string | null;
  readonly publication: Publication | null;
  readonly yearFrom: number | null;
  readonly yearTo: number | null;
  readonly tags: readonly string[] | null;
  /** Code of a language. */
  readonly volumeLanguage: string | null;
  readonly inList: boolean | null;
  /** The reader; empty for a request without a credential. */
  readonly userId: string;
}

interface Parameters extends SearchParameters, Relevance, FilterParameters {
  /** The first of `types`. */
  readonly type: SeriesType;
  readonly language: string;
  readonly limit: number;
  readonly offset: number;
}

type Entities =
  | typeof SeriesSchema
  | typeof SeriesCountSchema
  | typeof VolumeSchema
  | typeof SeriesCardSchema
  | typeof SeriesSearchSchema;
type Tables = TablesOf<Entities>;
type Key = SortKey<`s.${keyof Tables['series']}`>;

const db = tables<Entities>();

const BY_NAME: readonly Key[] = ['s.name', 's.id'];
const ORDERS: Record<SeriesOrder, readonly Key[]> = {
  'name-asc': BY_NAME,
  'name-desc': ['s.name desc', 's.id'],
  'added-asc': ['s.added', 's.id'],
  'added-desc': ['s.added desc', 's.id'],
  'rating-asc': ['s.ranked_average', 's.id'],
  'rating-desc': ['s.ranked_average desc nulls last', 's.id'],
  // With a search, `relevance()` is the first element.
  relevance: BY_NAME,
};

/** A page of series and its total. */
export const SERIES_PAGE = statementFamily('catalog.page', (variant: SeriesVariant, p: Parameters) => {
  const { search, filters, visibility } = variant;
  if (search === null && filters.kind === 'counted') {
    return pageQuery(
      withPage(pageInOrder(variant, filters, p)),
      () => ({ total: totalFromCounters(visibility, filters, p), client_known: isKnownClient(filters, p) }),
      () => rowsOfPage(p, variant),
    );
  }
  return pageQuery(
    // The total needs all matches: they are read once, with only the columns of the order.
    oneRow(
      db
        .with(
          (cte) => cte('matches').materialized(),
          () => (search === null ? filterMatches(variant, p) : searchMatches(variant, search, p)) as never,
        )
        .with('page', () =>
          search === null ? smallPage(pageOfMatches(variant.order, p)) : smallPage(pageOfPositions(p)),
        ),
    ),
    () => ({
      total: rowCount(db.withTables<{ matches: { id: number } }>().selectFrom('matches')),
      client_known: isKnownClient(filters, p),
    }),
    () => rowsOfPage(p, variant),
  );
});

/** Whether the client of the filter is registered and enabled; true without the filter. */
function isKnownClient(filters: SeriesVariant['filters'], p: FilterParameters): RawBuilder<boolean> {
  if (filters.kind === 'any') return isEnabledOrAbsent(p.client);
  return filters.client ? isEnabledClient(sql<number>`${p.client}`) : sql<boolean>`true`;
}

/** The page of a list without a search, read by an index in its order. */
function pageInOrder(
  { visibility, order: seriesOrder }: SeriesVariant,
  filters: CountedFilters,
  p: Parameters,
) {
  const order = sortKeys(ORDERS[seriesOrder]);
  const series =
    visibility === 'all' ? firstOfBoth(seriesOrder, filters, p) : counted(visibility, filters, p);
  return series.select(rowNumber(order).as('position')).orderBy(order).limit(p.limit).offset(p.offset);
}

/**
 * The first public and the first hidden series, as many of each as the page may need: the indexes of the orders have
 * either public series or hidden ones.
 */
function firstOfBoth(seriesOrder: SeriesOrder, filters: CountedFilters, p: Parameters) {
  const first = (visibility: Visibility) =>
    db
      .selectFrom(
        counted(visibility, filters, p)
          .select(['s.name', 's.added', 's.ranked_average'])
          .orderBy(sortKeys(ORDERS[seriesOrder]))
          .limit(sql<number>`${p.limit}::bigint + ${p.offset}::bigint`)
          .as('s'),
      )
      .selectAll();
  return db.selectFrom(first('public').unionAll(first('hidden')).as('s')).select('s.id');
}

/** Series filtered by what the counters have. */
function counted(visibility: Visibility, { type, client, age }: CountedFilters, p: Parameters) {
  return seriesOf(visibility)
    .$if(type === 'one', (query) => query.where('s.type', '=', p.type))
    .$if(type === 'several', (query) => query.where('s.type', '=', anyOf(p.types ?? [], 'text[]')))
    .$if(client, (query) => query.where(isOfClient(p)))
    .$if(age, (query) => query.where(NSFW_LEVEL, '<=', p.level));
}

/** All series that the filters let through, with the columns of the order. */
function filterMatches({ visibility, order, filters }: SeriesVariant, p: Parameters) {
  const columns = ORDERS[order].map((key) => String(key).split(' ')[0] as 's.name' | 's.id');
  // The id is in every statement already.
  return filtered(visibility, filters, p).select(columns.filter((column) => column !== 's.id'));
}

/** The page of the matches of filters. PostgreSQL keeps only the first ones while it sorts. */
function pageOfMatches(seriesOrder: SeriesOrder, p: Parameters) {
  const order = sortKeys(ORDERS[seriesOrder]);
  const page = db
    .withTables<{ matches: { id: number } }>()
    .selectFrom('matches as s')
    .select('s.id')
    .orderBy(order)
    .limit(p.limit)
    .offset(p.offset);
  return db.selectFrom(page.as('s')).select(['s.id', rowNumber().as('position')]);
}

/** The page of the matches of a search, which have positions. */
function pageOfPositions(p: Parameters) {
  return db
    .withTables<{ matches: { id: number; position: number } }>()
    .selectFrom('matches')
    .select(['id', 'position'])
    .orderBy('position')
    .limit(p.limit)
    .offset(p.offset);
}

function searchMatches(
  { visibility, order: seriesOrder, filters }: SeriesVariant,
  search: SearchVariant,
  p: Parameters,
) {
  const text = expressionBuilder<{ f: Tables['series_search'] }, 'f'>().ref(`f.${search.column}`);
  const keys = ORDERS[seriesOrder];
  const order = sortKeys(seriesOrder === 'relevance' ? [relevance(text, p), ...keys] : keys);
  return filtered(visibility, filters, p)
    .innerJoin('series_search as f', 'f.series_id', 's.id')
    .select(rowNumber(order).as('position'))
    .where(matches(text, search.by, p));
}

function seriesOf(visibility: Visibility) {
  return db
    .selectFrom('series as s')
    .select('s.id')
    .$if(visibility !== 'all', (query) => query.where('s.public', '=', publicValue(visibility)));
}

function publicValue(visibility: Visibility): RawBuilder<number> {
  return sql.lit(visibility === 'public' ? 1 : 0);
}

/** Whether the series `s` belongs to the part of the catalog of the client. */
function isOfClient(p: FilterParameters): RawBuilder<boolean> {
  return sql<boolean>`(s.client_id is null or s.client_id = ${p.client}::int)`;
}

function filtered(visibility: Visibility, filters: SeriesVariant['filters'], p: FilterParameters) {
  return seriesOf(visibility).$if(filters.kind === 'any', (query) =>
    query.where(matchesFilters(p, (filters as AnyFilters).by)),
  );
}

const LOWER_ORIGIN = sql<string>`lower(s.origin collate "und-x-icu")`;

/**
 * The conditions of all filters for the series `s`; an absent one holds for every series.
 *
 * @param by the filter whose condition can use an index: it must not be absent
 */
function matchesFilters(p: FilterParameters, by: AnyFilters['by']): RawBuilder<boolean> {
  const ofLanguage = db
    .selectFrom('volumes as v')
    .select('v.series_id')
    .where('v.language', '=', sql<string>`${p.volumeLanguage}::text`);
  const listed = listedSeries(p.userId);
  const tags = sql`tag_keys(s.tags) @> tag_keys(${p.tags}::text[])`;
  const origin = sql`${LOWER_ORIGIN} = lower(${p.origin}::text collate "und-x-icu")`;
  // As an array, the ids are looked up in the primary key; a join would read all series for it.
  const conditions = [
    by === 'tags' ? tags : sql`(${p.tags}::text[] is null or ${tags})`,
    by === 'origin' ? origin : sql`(${p.origin}::text is null or ${origin})`,
    by === 'language'
      ? sql`s.id = any(array(${ofLanguage}))`
      : sql`(${p.volumeLanguage}::text is null or s.id in (${ofLanguage}))`,
    by === 'list'
      ? sql`s.id = any(array(${listed}))`
      : sql`(${p.inList}::boolean is null or ${p.inList}::boolean = (s.id in (${listed})))`,
    sql`(${p.types}::text[] is null or s.type = any(${p.types}::text[]))`,
    sql`(${p.client}::int is null or ${isOfClient(p)})`,
    sql`${NSFW_LEVEL} <= ${p.level}`,
    sql`(${p.publication}::text is null or s.publication = ${p.publication}::text)`,
    sql`(${p.yearFrom}::int is null or s.year >= ${p.yearFrom}::int)`,
    sql`(${p.yearTo}::int is null or s.year <= ${p.yearTo}::int)`,
  ];
  return sql<boolean>`(${sql.join(conditions, sql` and `)})`;
}

/** Whole names first, then beginnings of names, then beginnings of words, then the rest. */
function relevance(text: Expression<string>, p: Relevance): RawBuilder<number> {
  return sql<number>`case when ${text} like ${p.wholeName}::text then 0
    when ${text} like ${p.nameStart}::text then 1
    when ${text} like ${p.wordStart}::text then 2 else 3 end`;
}

export function relevanceParameters(form: SearchForm | null): Relevance {
  const term = form === null ? '' : escapeLike(form.term);
  return { wholeName: `%\n${term}\n%`, nameStart: `%\n${term}%`, wordStart: `% ${term}%` };
}

function totalFromCounters(visibility: Visibility, { type, client, age }: CountedFilters, p: Parameters) {
  return db
    .selectFrom('series_counts as c')
    .select((eb) => asCount(eb.fn.sum('c.total')).as('total'))
    .$if(visibility !== 'all', (query) => query.where('c.public', '=', publicValue(visibility)))
    .$if(type !== 'none', (query) => query.where('c.type', '=', anyOf(p.types ?? [], 'text[]')))
    .$if(client, (query) => query.where('c.client_id', 'in', [sql.lit(0), sql<number>`${p.client}`]))
    .$if(age, (query) => query.where('c.nsfw_level', '<=', p.level));
}

/** The series of the page with the columns of lists. */
function rowsOfPage(p: Pick<Parameters, 'language' | 'userId'>, variant: RowVariant) {
  const page = db
    .withTables<{ page: { id: number; position: number } }>()
    .selectFrom('page')
    .innerJoin('series_cards as c', 'c.series_id', 'page.id')
    .select('page.position')
    .$if(variant.isOwn, (query) => query.select(ownColumns(p.userId)))
    .$if(variant.hasExternalId, (query) =>
      query.innerJoin('series as e', 'e.id', 'page.id').select('e.external_id'),
    );
  return selectListedSeries(page, { ...variant, language: p.language });
}

/** The part of a variant that changes what is shown of each series. */
type RowVariant = Pick<SeriesVariant, 'isTranslated' | 'isCard' | 'isOwn' | 'hasExternalId'>;

/** Series by their ids, in the order of the ids. */
export const SERIES_BY_IDS = statementFamily(
  'catalog.by-ids',
  (
    {
      isFiltered,
      visibility,
      ...variant
    }: RowVariant & { readonly isFiltered: boolean; readonly visibility: Visibility },
    p: Pick<Parameters, 'language'> & FilterParameters & { readonly ids: readonly number[] },
  ) =>
    pageQuery(
      withPage(
        db
          .selectFrom(
            sql<{ id: number; position: number }>`unnest(${p.ids}::int[]) with ordinality`.as<'given'>(
              sql`given (id, position)`,
            ),
          )
          .innerJoin('series as s', 's.id', 'given.id')
          .select(['s.id', 'given.position'])
          .$if(isFiltered, (query) => query.where(matchesFilters(p, null)))
          .$if(visibility !== 'all', (query) => query.where('s.public', '=', publicValue(visibility)))
          .limit(sql.lit(100)),
      ),
      () => ({ client_known: isKnownClient({ kind: 'any', by: null }, p) }),
      () => rowsOfPage(p, variant),
    ),
);

/** A series of a page. */
export type SeriesPageRow = ListedSeriesRow & Partial<OwnColumns> & { readonly external_id?: string };
