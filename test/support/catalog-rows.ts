import { REFRESH_CARDS, REFRESH_TEXTS } from '../../src/catalog/read-model.js';
import { searchTexts } from '../../src/search/fold.js';
import type { TestDatabase } from './database.js';

/**
 * Inserts series without an import, which would take long for thousands of them, with their read model.
 *
 * @param names each is the external id too
 * @returns the ids, in the order of the names
 */
export async function insertSeries(
  database: TestDatabase,
  names: readonly string[],
  { type = 'Manga' } = {},
): Promise<number[]> {
  const rows = await database.query<{ id: number }>(
    `insert into series (external_id, name, type, slug, origin, digest)
     select name, name, $2, 'slug', 'Japanese', '' from unnest($1::text[]) with ordinality as n (name, position)
     order by position returning id`,
    [names, type],
  );
  const ids = rows.map(({ id }) => id);
  const texts = names.map((name) => searchTexts([name]));
  await database.query(
    `insert into series_search (series_id, search_text, search_compact)
     select * from unnest($1::int[], $2::text[], $3::text[])`,
    [ids, texts.map(({ text }) => text), texts.map(({ compact }) => compact)],
  );
  await refreshReadModel(database, ids);
  return ids;
}

/** Computes the read model of series again, as an import does after it has changed them. */
export async function refreshReadModel(database: TestDatabase, ids: readonly number[]): Promise<void> {
  for (const { text } of [REFRESH_CARDS, REFRESH_TEXTS]) await database.query(text, [ids]);
}
