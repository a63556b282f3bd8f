import { type Expression, expressionBuilder, type RawBuilder, sql } from 'kysely';
import { isEnabledClient } from '../clients/client-filter.js';
import { asCount, rowCount, rowNumber, type SortKey, sortKeys } from '../database/expressions.js';
import { oneRow, pageQuery, smallPage, withPage } from '../database/page.js';
import { statementFamily, tables, type TablesOf } from '../database/statement.js';
import { matches, type SearchParameters, type SearchVariant } from '../search/conditions.js';
import { escapeLike, type SearchForm } from '../search/fold.js';
import type { SERIES_ORDERS } from './series.dto.js';
import type { SeriesCountSchema, SeriesSchema, SeriesType } from './catalog.entity.js';
import type { SeriesCardSchema, SeriesSearchSchema } from './read-model.entity.js';
import { selectSeries, type Translation } from './series-projection.js';

export type SeriesOrder = (typeof SERIES_ORDERS)[number];

/** The part of a request that changes the text of the statement. */
interface Variant {
  readonly order: SeriesOrder;
  readonly search: SearchVariant | null;
  readonly filtersByType: boolean;
  readonly filtersByClient: boolean;
  readonly isTranslated: boolean;
}

/** Patterns of the order by relevance. */
interface Relevance {
  readonly wholeName: string;
  readonly nameStart: string;
  readonly wordStart: string;
}

interface Parameters extends SearchParameters, Relevance {
  readonly language: string;
  readonly type: SeriesType;
  readonly client: number;
  readonly limit: number;
  readonly offset: number;
}

type Entities =
  typeof SeriesSchema | typeof SeriesCountSchema | typeof SeriesCardSchema | typeof SeriesSearchSchema;
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

/** A page of public series and its total. */
export const SERIES_PAGE = statementFamily('catalog.page', (variant: Variant, p: Parameters) => {
  const { search, filtersByClient } = variant;
  const clientKnown = filtersByClient ? isEnabledClient(p.client) : sql<boolean>`true`;
  if (search === null) {
    return pageQuery(
      withPage(pageInOrder(variant, p)),
      () => ({ total: totalFromCounters(variant, p), client_known: clientKnown }),
      () => rowsOfPage({ language: p.language, isTranslated: variant.isTranslated }),
    );
  }
  return pageQuery(
    // The total needs all matches: they are read once, with only the columns of the order.
    oneRow(
      db
        .with('matches', () => searchMatches(variant, search, p))
        .with('page', (query) =>
          smallPage(
            query
              .selectFrom('matches')
              .select(['id', 'position'])
              .orderBy('position')
              .limit(p.limit)
              .offset(p.offset),
          ),
        ),
    ),
    (eb) => ({
      total: rowCount(eb.selectFrom('matches')),
      client_known: clientKnown,
    }),
    () => rowsOfPage({ language: p.language, isTranslated: variant.isTranslated }),
  );
});

/** The page of a list without a search, read by an index in its order. */
function pageInOrder(variant: Variant, p: Parameters) {
  const order = sortKeys(ORDERS[variant.order]);
  return filtered(variant, p)
    .select(rowNumber(order).as('position'))
    .orderBy(order)
    .limit(p.limit)
    .offset(p.offset);
}

function searchMatches(variant: Variant, search: SearchVariant, p: Parameters) {
  const text = expressionBuilder<{ f: Tables['series_search'] }, 'f'>().ref(`f.${search.column}`);
  const keys = ORDERS[variant.order];
  const order = sortKeys(variant.order === 'relevance' ? [relevance(text, p), ...keys] : keys);
  return filtered(variant, p)
    .innerJoin('series_search as f', 'f.series_id', 's.id')
    .select(rowNumber(order).as('position'))
    .where(matches(text, search.by, p));
}

function filtered({ filtersByType, filtersByClient }: Variant, p: Parameters) {
  return db
    .selectFrom('series as s')
    .select('s.id')
    .where('s.public', '=', sql.lit(1))
    .$if(filtersByType, (query) => query.where('s.type', '=', p.type))
    .$if(filtersByClient, (query) =>
      query.where((eb) => eb.or([eb('s.client_id', 'is', null), eb('s.client_id', '=', p.client)])),
    );
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

function totalFromCounters({ filtersByType, filtersByClient }: Variant, p: Parameters) {
  return db
    .selectFrom('series_counts as c')
    .select((eb) => asCount(eb.fn.sum('c.total')).as('total'))
    .where('c.public', '=', sql.lit(1))
    .$if(filtersByType, (query) => query.where('c.type', '=', p.type))
    .$if(filtersByClient, (query) =>
      query.where('c.client_id', 'in', [sql.lit(0), sql<number>`${p.client}`]),
    );
}

/** The series of the page with the columns of lists. */
function rowsOfPage(translation: Translation) {
  const page = db
    .withTables<{ page: { id: number; position: number } }>()
    .selectFrom('page')
    .innerJoin('series_cards as c', 'c.series_id', 'page.id')
    .select('page.position');
  return selectSeries(page, translation);
}
