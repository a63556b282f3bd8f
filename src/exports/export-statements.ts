import { sql } from 'kysely';
import type { AvatarSchema } from '../accounts/avatar.entity.js';
import type { SeriesSchema, VolumeSchema } from '../catalog/catalog.entity.js';
import { LINKS } from '../catalog/read-model.js';
import type { CollectionItemSchema } from '../collection/collection-item.entity.js';
import { isoDate, timestamp } from '../database/expressions.js';
import { type RowOf, statement, tables } from '../database/statement.js';
import type { PhotoSchema } from '../photos/photo.entity.js';
import type { RatingSchema } from '../ratings/rating.entity.js';
import { EVENT_COLUMNS } from '../reader-log/event-statements.js';
import type { ReaderEventSchema } from '../reader-log/reader-event.entity.js';
import { ENTRY_COLUMNS } from '../reading-history/entry-columns.js';
import type { FormerReadSchema } from '../reading-history/former-read.entity.js';
import type { ReadingEntrySchema } from '../reading-history/reading-entry.entity.js';

/** Number of rows that one statement reads: a hundred rows with the longest notes are a few megabytes. */
export const PAGE = 100;

/*
 * The pages of an export. Each begins after the key of the last row of the page before. The rows of a page are found
 * before other tables are joined, so that each join reads one row by its primary key.
 */

const db = tables<
  | typeof ReadingEntrySchema
  | typeof FormerReadSchema
  | typeof RatingSchema
  | typeof CollectionItemSchema
  | typeof ReaderEventSchema
  | typeof SeriesSchema
  | typeof VolumeSchema
  | typeof AvatarSchema
  | typeof PhotoSchema
>();

/** The columns by which an import recognizes the series `s`. */
const SERIES_COLUMNS = [
  's.id as series_id',
  's.external_id as series_external_id',
  's.name as series_name',
  's.type as series_type',
  LINKS.as('series_links'),
] as const;

interface After {
  readonly userId: string;
  /** The last key of the page before; 0 for the first page. */
  readonly after: number;
}

export const ENTRIES = statement('exports.entries', ({ userId, after }: After) =>
  db
    .selectFrom(
      db
        .selectFrom('reading_entries')
        .selectAll()
        .where('user_id', '=', userId)
        .where('series_id', '>', after)
        .orderBy('series_id')
        .limit(sql.lit(PAGE))
        .as('e'),
    )
    .innerJoin('series as s', 's.id', 'e.series_id')
    .select(ENTRY_COLUMNS)
    .select(SERIES_COLUMNS)
    // Not a join: the planner would merge with all ratings of the user, for each page.
    .select((eb) =>
      eb
        .selectFrom('ratings as g')
        .select('g.rating')
        .where('g.user_id', '=', userId)
        .whereRef('g.series_id', '=', 'e.series_id')
        .as('rating'),
    )
    .orderBy('e.series_id'),
);

/** An entry with its series and the rating of the series. */
export type EntryRow = RowOf<typeof ENTRIES>;

export const READS = statement('exports.reads', ({ userId, after, id }: After & { readonly id: number }) =>
  db
    .selectFrom('former_reads as r')
    .select(['r.series_id', 'r.id', 'r.status', 'r.start', 'r.end'])
    .select(['r.chapters', 'r.volumes', 'r.score', 'r.notes'])
    .where('r.user_id', '=', userId)
    .where(sql<boolean>`(r.series_id, r.id) > (${after}::int, ${id}::int)`)
    .orderBy('r.series_id')
    .orderBy('r.id')
    .limit(sql.lit(PAGE)),
);

/** A former read. */
export type ReadRow = RowOf<typeof READS>;

export const RATINGS = statement('exports.ratings', ({ userId, after }: After) =>
  db
    .selectFrom(
      db
        .selectFrom('ratings')
        .select(['series_id as rated', 'rating'])
        .where('user_id', '=', userId)
        .where('series_id', '>', after)
        .orderBy('series_id')
        .limit(sql.lit(PAGE))
        .as('g'),
    )
    .innerJoin('series as s', 's.id', 'g.rated')
    .select('g.rating')
    .select(SERIES_COLUMNS)
    .orderBy('g.rated'),
);

export type RatingRow = RowOf<typeof RATINGS>;

export const ITEMS = statement('exports.items', ({ userId, after }: After) =>
  db
    .selectFrom(
      db
        .selectFrom('collection_items')
        .selectAll()
        .where('user_id', '=', userId)
        .where('id', '>', after)
        .orderBy('id')
        .limit(sql.lit(PAGE))
        .as('i'),
    )
    .innerJoin('volumes as v', 'v.id', 'i.volume_id')
    .innerJoin('series as s', 's.id', 'v.series_id')
    .select(['i.id', 'i.state', 'i.price', 'i.currency', 'i.condition', 'i.place', 'i.notes', 'i.client_id'])
    .select(isoDate(sql.ref<string | null>('i.buy_date')).as('buy_date'))
    .select(['v.id as volume_id', 'v.external_id as volume_external_id', 'v.name as volume_name'])
    .select(['v.group_order', 'v.language', 'v.isbn10', 'v.isbn13'])
    .select(SERIES_COLUMNS)
    .orderBy('i.id'),
);

/** An item with its volume and its series. */
export type ItemRow = RowOf<typeof ITEMS>;

export const EVENTS = statement('exports.events', ({ userId, after }: After) =>
  db
    .selectFrom('reader_events as e')
    .select(EVENT_COLUMNS)
    .where('e.user_id', '=', userId)
    .where('e.number', '>', after)
    .orderBy('e.number')
    .limit(sql.lit(PAGE)),
);

export const AVATAR = statement('exports.avatar', ({ userId }: { readonly userId: string }) =>
  db
    .selectFrom('avatars as a')
    .select(['a.id', 'a.name', 'a.format', 'a.hash'])
    .where('a.user_id', '=', userId)
    .where('a.hash', 'is not', null)
    .$narrowType<{ hash: string }>(),
);

export const PHOTOS = statement('exports.photos', ({ userId }: { readonly userId: string }) =>
  db
    .selectFrom('photos as p')
    .select(['p.id', 'p.token', 'p.name', 'p.format', timestamp('p.uploaded').as('uploaded')])
    .where('p.user_id', '=', userId)
    .orderBy('p.id'),
);
