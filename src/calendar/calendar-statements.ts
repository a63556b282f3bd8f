import { sql } from 'kysely';
import type { UserSchema } from '../accounts/user.entity.js';
import type { VolumeSchema } from '../catalog/catalog.entity.js';
import type { SeriesCardSchema } from '../catalog/read-model.entity.js';
import { type OwnedVolume, selectVolume } from '../catalog/volume-projection.js';
import { isEnabledOrAbsent } from '../clients/client-filter.js';
import type { CollectionItemSchema } from '../collection/collection-item.entity.js';
import { rowNumber } from '../database/expressions.js';
import { oneRow, pageQuery } from '../database/page.js';
import { statement, tables } from '../database/statement.js';
import type { ReadingEntrySchema } from '../reading-history/reading-entry.entity.js';
import type { CalendarSecretSchema } from './calendar-secret.entity.js';

const db = tables<
  | typeof VolumeSchema
  | typeof SeriesCardSchema
  | typeof CollectionItemSchema
  | typeof ReadingEntrySchema
  | typeof CalendarSecretSchema
  | typeof UserSchema
>();

/** No calendar has more volumes. */
export const MAX_VOLUMES = 1_000;

interface Parameters {
  readonly userId: string;
  /** Null for the series of all clients. */
  readonly client: number | null;
  /** Inclusive. */
  readonly from: string;
  readonly to: string;
  /** The language of a reader who owns no volume; null for all languages. */
  readonly preferred: string | null;
  readonly language: string;
}

/**
 * The volumes that come out in a range of days, of the series of the reader's items and unfinished entries, in the
 * languages of owned volumes. One more than are shown, so that the answer says whether there are more.
 */
export const RELEASES = statement('calendar.releases', (p: Parameters) => {
  const ofClient = (copy: string) =>
    sql<boolean>`(${p.client}::int is null or ${sql.ref(copy)} in (0, ${p.client}::int))`;
  return pageQuery(
    oneRow(
      db
        .with(
          (cte) => cte('followed').materialized(),
          (query) =>
            query
              .selectFrom('collection_items as i')
              .select('i.series_id')
              .where('i.user_id', '=', p.userId)
              .where(ofClient('i.series_client'))
              .union(
                query
                  .selectFrom('reading_entries as e')
                  .select('e.series_id')
                  .where('e.user_id', '=', p.userId)
                  .where('e.status', 'not in', [sql.lit('dropped'), sql.lit('completed')] as never)
                  .where(ofClient('e.series_client')),
              ),
        )
        .with(
          (cte) => cte('languages').materialized(),
          (query) =>
            query
              .selectFrom('collection_items as i')
              .innerJoin('volumes as v', 'v.id', 'i.volume_id')
              .select('v.language')
              .distinct()
              .where('i.user_id', '=', p.userId)
              .where('i.state', '=', sql.lit('owned'))
              .where(ofClient('i.series_client')),
        )
        .with(
          (cte) => cte('released').materialized(),
          (query) =>
            query
              .selectFrom('volumes as v')
              .select(['v.id', 'v.release_date'])
              .where('v.release_date', '>=', sql<string>`${p.from}::date`)
              .where('v.release_date', '<=', sql<string>`${p.to}::date`)
              .where('v.series_id', 'in', (eb) => eb.selectFrom('followed').select('series_id'))
              .where(
                sql<boolean>`case when exists (select from languages) then v.language in (select language from languages)
                  else ${p.preferred}::text is null or v.language = ${p.preferred} end`,
              )
              .orderBy('v.release_date')
              .orderBy('v.id')
              .limit(sql.lit(MAX_VOLUMES + 1)),
        ),
    ),
    () => ({ client_known: isEnabledOrAbsent(p.client) }),
    () =>
      selectVolume(
        db
          .withTables<{ released: { id: number; release_date: string }; collection_items: OwnedVolume }>()
          .selectFrom('released as r')
          .innerJoin('volumes as v', 'v.id', 'r.id')
          .innerJoin('series_cards as c', 'c.series_id', 'v.series_id')
          .leftJoin('collection_items as i', (join) =>
            join.on('i.user_id', '=', p.userId).onRef('i.volume_id', '=', 'v.id'),
          )
          .select(rowNumber(sql`r.release_date, r.id`).as('position')),
        { language: p.language, isTranslated: true },
      ),
  );
});

export const PUT_SECRET = statement(
  'calendar.put-secret',
  ({ userId, hash }: { userId: string; hash: string }) =>
    db
      .insertInto('calendar_secrets')
      .values({ user_id: userId, hash })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ hash })),
);

export const FIND_SECRET = statement(
  'calendar.find-secret',
  ({ userId, hash }: { userId: string; hash: string }) =>
    db
      .selectFrom('calendar_secrets as c')
      .innerJoin('users as u', 'u.id', 'c.user_id')
      .select('u.suspended')
      .where('c.user_id', '=', userId)
      .where('c.hash', '=', hash),
);

export const DELETE_SECRET = statement('calendar.delete-secret', ({ userId }: { userId: string }) =>
  db.deleteFrom('calendar_secrets').where('user_id', '=', userId),
);
