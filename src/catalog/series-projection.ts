import { type InferResult, type SelectQueryBuilder, sql } from 'kysely';
import type { TablesOf } from '../database/statement.js';
import { FALLBACK_LANGUAGE } from './languages.js';
import type {
  CardDetails,
  RatingTotalSchema,
  SeriesCardSchema,
  SeriesTextSchema,
} from './read-model.entity.js';
import { averageRating, ratingCount } from './series-ratings.js';
import type { ListedSeriesDto, SeriesDto } from './series.dto.js';

type Tables = TablesOf<typeof SeriesCardSchema | typeof SeriesTextSchema | typeof RatingTotalSchema>;

/** A query that has cards of series as the relation `c`. */
interface WithCards {
  c: Tables['series_cards'];
}

/** The texts in a language: a parameter of the statement, and whether the statement reads it. */
export interface Translation {
  readonly language: string;
  /** False for the fallback language, whose texts the cards have. */
  readonly isTranslated: boolean;
}

/** Whether texts in the language are stored beside the cards. */
export function isTranslated(language: string): boolean {
  return language !== FALLBACK_LANGUAGE;
}

/** Joins the texts of the cards `c` in a language as the relation `x`, if the cards do not have them. */
export function joinTexts<DB extends WithCards, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
  translation: Translation,
): SelectQueryBuilder<DB, TB, Row> {
  if (!translation.isTranslated) return query;
  // The builder's types cannot add joins to a query over tables that only the caller knows.
  return (query as unknown as SelectQueryBuilder<Tables & WithCards, 'c', object>).leftJoin(
    'series_texts as x',
    (join) => join.onRef('x.series_id', '=', 'c.series_id').on('x.language', '=', translation.language),
  ) as never;
}

/** The alias of the card `c` in the language of `joinTexts`. */
export function aliasOf({ isTranslated: hasTexts }: Translation) {
  return hasTexts ? sql<string>`coalesce(x.alias, c.alias)` : sql<string>`c.alias`;
}

/** The description of the card `c` in the language of `joinTexts`. */
function descriptionOf({ isTranslated: hasTexts }: Translation) {
  return hasTexts
    ? sql<string | null>`coalesce(x.description, c.description)`
    : sql<string | null>`c.description`;
}

/** The columns that a statement reads of each series. */
export interface SeriesColumns extends Translation {
  /** Whether those that the view `card` leaves out are not read. */
  readonly isCard?: boolean;
}

/** Adds the columns and joins; each join reads one row by its primary key. */
function project(query: SelectQueryBuilder<Tables & WithCards, 'c', object>, view: SeriesColumns) {
  return joinTexts(query, view)
    .leftJoin('rating_totals as rt', 'rt.series_id', 'c.series_id')
    .select([
      'c.series_id as id',
      'c.name',
      'c.type',
      'c.slug',
      'c.parts',
      aliasOf(view).as('alias'),
      ratingCount('rt').as('rating_count'),
      averageRating('rt').as('average_rating'),
    ])
    .$if(view.isCard !== true, (full) => full.select(['c.details', descriptionOf(view).as('description')]));
}

/** A row of the projection; one of a card lacks `details` and `description`. */
export type ListedSeriesRow = InferResult<ReturnType<typeof project>>[number];
/** A row with all columns. */
type SeriesRow = Omit<ListedSeriesRow, 'details' | 'description'> & {
  readonly details: CardDetails;
  readonly description: string | null;
};

/**
 * Adds the columns of a Series to a query that has cards of series as the relation `c`. It joins the series' ratings as
 * `rt`.
 */
export function selectSeries<DB extends WithCards, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
  translation: Translation,
): SelectQueryBuilder<DB, TB, Row & SeriesRow> {
  // The builder's types cannot add joins to a query over tables that only the caller knows.
  return project(query as never, translation) as never;
}

/** As `selectSeries`, for a list: the columns of the requested view. */
export function selectListedSeries<DB extends WithCards, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
  view: SeriesColumns,
): SelectQueryBuilder<DB, TB, Row & ListedSeriesRow> {
  // As in `selectSeries`.
  return project(query as never, view) as never;
}

export function presentSeries(row: SeriesRow): SeriesDto {
  return { ...presentCard(row), description: row.description, ...row.details };
}

/** A series of a list; a row of a card has no further properties. */
export function presentListedSeries(row: ListedSeriesRow): ListedSeriesDto {
  const { details, description } = row;
  const card = presentCard(row);
  return details === undefined || description === undefined ? card : { ...card, description, ...details };
}

function presentCard(row: Omit<ListedSeriesRow, 'details' | 'description'>) {
  return {
    id: row.id,
    name: row.name,
    type: row.type,
    slug: row.slug,
    alias: row.alias,
    average_rating: row.average_rating,
    rating_count: row.rating_count,
    ...row.parts,
  };
}
