import { type RawBuilder, sql } from 'kysely';
import { recordsOf } from '../../database/expressions.js';
import { statement, tables, type TablesOf } from '../../database/statement.js';
import type {
  SeriesDescriptionSchema,
  SeriesSchema,
  SeriesTitleSchema,
  VolumeSchema,
} from '../catalog.entity.js';
import type { SeriesSearchSchema, VolumeSearchSchema } from '../read-model.entity.js';
import { hasChanged } from '../read-model.js';

type Entities =
  | typeof SeriesSchema
  | typeof SeriesTitleSchema
  | typeof SeriesDescriptionSchema
  | typeof VolumeSchema
  | typeof SeriesSearchSchema
  | typeof VolumeSearchSchema;
type Tables = TablesOf<Entities>;

const db = tables<Entities>();

/** The columns that an import writes, and their types. */
const SERIES = {
  external_id: 'text',
  name: 'text',
  type: 'text',
  slug: 'text',
  origin: 'text',
  client_id: 'int',
  public: 'smallint',
  nsfw: 'smallint',
  nsfw18: 'smallint',
  tags: 'text[]',
  authors: 'text[]',
  links: 'jsonb',
  chapters: 'int',
  volume_total: 'int',
  publication: 'text',
  year: 'smallint',
  digest: 'text',
} as const satisfies Partial<Record<keyof Tables['series'], string>>;
const VOLUMES = {
  external_id: 'text',
  name: 'text',
  slug: 'text',
  group_order: 'numeric',
  language: 'text',
  release_date: 'date',
  type: 'text',
  publisher: 'text',
  pages: 'int',
  isbn10: 'text',
  isbn13: 'text',
  description: 'text',
  edition_name: 'text',
  cover_path: 'text',
  aspect_ratio: 'float8',
  nsfw: 'smallint',
  nsfw18: 'smallint',
} as const satisfies Partial<Record<keyof Tables['volumes'], string>>;
const SEARCH = { search_text: 'text', search_compact: 'text' } as const;
const PARTS = { titles: 'jsonb', descriptions: 'jsonb', volumes: 'jsonb' } as const;

const SERIES_COLUMNS = namesOf(SERIES);
const VOLUME_COLUMNS = namesOf(VOLUMES);
const SEARCH_COLUMNS = namesOf(SEARCH);
const VOLUME_SEARCH_COLUMNS = [...SEARCH_COLUMNS, 'isbn10', 'isbn13'] as const;

function namesOf<Columns extends object>(columns: Columns): (keyof Columns & string)[] {
  return Object.keys(columns) as (keyof Columns & string)[];
}

/** Assignments of `ON CONFLICT DO UPDATE`. */
function replaced<Column extends string>(columns: readonly Column[]): Record<string, RawBuilder<unknown>> {
  const changed = columns.filter((column) => column !== 'external_id');
  return Object.fromEntries(changed.map((column) => [column, sql.ref(`excluded.${column}`)]));
}

/**
 * Stores the series of a batch with their titles, descriptions and volumes, all or nothing. Returns the series' ids.
 */
export const STORE_BATCH = statement('catalog.store-batch', ({ lines }: { lines: string }) =>
  db
    .with('input', (query) =>
      query
        .selectFrom(recordsOf(sql`${lines}::jsonb`, 'line', { ...SERIES, ...SEARCH, ...PARTS }))
        .selectAll('line'),
    )
    .with('stored', (query) =>
      query
        .insertInto('series')
        .columns(SERIES_COLUMNS)
        .expression((eb) => eb.selectFrom('input').select(SERIES_COLUMNS))
        .onConflict((conflict) => conflict.column('external_id').doUpdateSet(replaced(SERIES_COLUMNS)))
        .returning(['id', 'external_id']),
    )
    .with('line', (query) =>
      query
        .selectFrom('stored as s')
        .innerJoin('input as i', 'i.external_id', 's.external_id')
        .select(['s.id', 'i.search_text', 'i.search_compact', 'i.titles', 'i.descriptions', 'i.volumes']),
    )
    .with('search', (query) =>
      query
        .insertInto('series_search')
        .columns(['series_id', ...SEARCH_COLUMNS])
        .expression((eb) => eb.selectFrom('line').select(['id', ...SEARCH_COLUMNS]))
        .onConflict((conflict) =>
          conflict
            .column('series_id')
            .doUpdateSet(replaced(SEARCH_COLUMNS))
            .where(hasChanged('series_search', SEARCH_COLUMNS)),
        ),
    )
    .with('titles', (query) =>
      query
        .insertInto('series_titles')
        .columns(['series_id', 'position', 'language', 'title'])
        .expression((eb) =>
          eb
            .selectFrom('line')
            .crossJoin(recordsOf(sql`line.titles`, 't', { position: 'int', language: 'text', title: 'text' }))
            .select(['line.id', 't.position', 't.language', 't.title']),
        )
        .onConflict((conflict) =>
          conflict
            .columns(['series_id', 'position'])
            .doUpdateSet(replaced(['language', 'title']))
            .where(hasChanged('series_titles', ['language', 'title'])),
        ),
    )
    .with('former_titles', (query) =>
      query
        .deleteFrom('series_titles as t')
        .using('line')
        .whereRef('t.series_id', '=', 'line.id')
        .where('t.position', '>', sql<number>`jsonb_array_length(line.titles)`),
    )
    .with('descriptions', (query) =>
      query
        .insertInto('series_descriptions')
        .columns(['series_id', 'language', 'text'])
        .expression((eb) =>
          eb
            .selectFrom('line')
            .crossJoin(recordsOf(sql`line.descriptions`, 'd', { language: 'text', text: 'text' }))
            .select(['line.id', 'd.language', 'd.text']),
        )
        .onConflict((conflict) =>
          conflict
            .columns(['series_id', 'language'])
            .doUpdateSet(replaced(['text']))
            .where(hasChanged('series_descriptions', ['text'])),
        ),
    )
    .with('former_descriptions', (query) =>
      query
        .deleteFrom('series_descriptions as d')
        .using('line')
        .whereRef('d.series_id', '=', 'line.id')
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom(sql<object>`jsonb_array_elements(line.descriptions)`.as('e'))
                .select(sql.lit(1).as('one'))
                .where(sql`e->>'language'`, '=', sql.ref('d.language')),
            ),
          ),
        ),
    )
    .with('volume', (query) =>
      query
        .insertInto('volumes')
        .columns(['series_id', ...VOLUME_COLUMNS])
        .expression((eb) =>
          eb
            .selectFrom('line')
            .crossJoin(recordsOf(sql`line.volumes`, 'v', VOLUMES))
            .select('line.id')
            .select(VOLUME_COLUMNS.map((column) => `v.${column}` as const)),
        )
        .onConflict((conflict) => conflict.column('external_id').doUpdateSet(replaced(VOLUME_COLUMNS)))
        .returning(['id', 'external_id', 'series_id', 'isbn10', 'isbn13']),
    )
    .with('volume_texts', (query) =>
      query
        .insertInto('volume_search')
        .columns(['volume_id', 'series_id', ...SEARCH_COLUMNS, 'isbn10', 'isbn13'])
        .expression((eb) =>
          eb
            .selectFrom('line')
            .crossJoin(recordsOf(sql`line.volumes`, 'v', { external_id: 'text', ...SEARCH }))
            .innerJoin('volume', 'volume.external_id', 'v.external_id')
            .select(['volume.id', 'volume.series_id', 'v.search_text', 'v.search_compact'])
            .select(['volume.isbn10', 'volume.isbn13']),
        )
        .onConflict((conflict) =>
          conflict
            .column('volume_id')
            .doUpdateSet(replaced(VOLUME_SEARCH_COLUMNS))
            .where(hasChanged('volume_search', VOLUME_SEARCH_COLUMNS)),
        ),
    )
    .selectFrom('stored')
    .select('id'),
);
