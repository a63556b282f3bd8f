import { type RawBuilder, sql } from 'kysely';
import { tables } from '../database/statement.js';
import type { ProgressType, ReadingStatus } from './reading-states.js';
import type { OwnEntryDto, OwnRatingDto } from './own-entry.dto.js';

/**
 * The columns of `reading_entries` and `ratings` that series contain. Declared here, since the catalog must not import
 * the entities of features that depend on it.
 */
type OwnTables = {
  reading_entries: {
    readonly user_id: string;
    readonly series_id: number;
    readonly status: ReadingStatus;
    readonly progress_type: ProgressType;
    readonly progress: number;
    readonly other_progress: number | null;
    readonly version: number;
  };
  ratings: { readonly user_id: string; readonly series_id: number; readonly rating: number };
};

const db = tables<never>().withTables<OwnTables>();

/** A reader's entry of a series, as a statement returns it. */
type OwnEntry = Omit<OwnTables['reading_entries'], 'user_id' | 'series_id'>;

/** What a statement for a signed-in reader returns of each series. */
export interface OwnColumns {
  readonly own_entry: OwnEntry | null;
  readonly own_rating: number | null;
}

/**
 * The reader's entry and rating of the series of the card `c`. Scalar subqueries, since for a join PostgreSQL would
 * read all entries of the user.
 */
export function ownColumns(userId: string) {
  const entry = db
    .selectFrom('reading_entries as own')
    .select(
      sql<OwnEntry>`json_build_object('status', own.status, 'progress_type', own.progress_type, 'progress', own.progress,
        'other_progress', own.other_progress, 'version', own.version)`.as('entry'),
    )
    .where('own.user_id', '=', userId)
    .where('own.series_id', '=', sql.ref<number>('c.series_id'));
  const rating = db
    .selectFrom('ratings as given')
    .select('given.rating')
    .where('given.user_id', '=', userId)
    .where('given.series_id', '=', sql.ref<number>('c.series_id'));
  return [
    sql<OwnEntry | null>`${entry}`.as('own_entry'),
    sql<number | null>`${rating}`.as('own_rating'),
  ] as const;
}

/** The ids of the series in the reader's list. */
export function listedSeries(userId: string): RawBuilder<number> {
  return sql<number>`${db.selectFrom('reading_entries as r').select('r.series_id').where('r.user_id', '=', userId)}`;
}

/** The reader's entry and rating; nothing in a row that is not for a signed-in reader. */
export function presentOwn(
  seriesId: number,
  { own_entry: entry, own_rating: rating }: Partial<OwnColumns>,
  userId: string | null,
): { entry?: OwnEntryDto | null; rating?: OwnRatingDto | null } {
  if (userId === null || entry === undefined || rating === undefined) return {};
  return {
    entry: entry && presentEntry(entry),
    rating: rating === null ? null : { rating, user_id: userId, series_id: seriesId },
  };
}

function presentEntry({ status, progress_type, progress, other_progress, version }: OwnEntry): OwnEntryDto {
  const counters =
    progress_type === 'chapters'
      ? { chapters: progress, volumes: other_progress }
      : { chapters: other_progress, volumes: progress };
  return { status, progress_type, progress, ...counters, version };
}
