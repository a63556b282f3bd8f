import { type RawBuilder, sql } from 'kysely';
import { jsonBuildObject } from 'kysely/helpers/postgres';
import { anyOf } from '../database/expressions.js';
import { statement, tables } from '../database/statement.js';
import {
  LINKED_SITES,
  type SeriesDescriptionSchema,
  type SeriesSchema,
  type SeriesTitleSchema,
  type VolumeSchema,
} from './catalog.entity.js';
import { FALLBACK_LANGUAGE } from './languages.js';
import type { CardDetails, CardParts, SeriesCardSchema, SeriesTextSchema } from './read-model.entity.js';

type Sources =
  typeof SeriesSchema | typeof SeriesTitleSchema | typeof SeriesDescriptionSchema | typeof VolumeSchema;
type ReadModel = typeof SeriesCardSchema | typeof SeriesTextSchema;

const db = tables<Sources | ReadModel>();

const FALLBACK = sql.lit(FALLBACK_LANGUAGE);

/** The first title of the series `s` in a language. */
function titleIn(language: RawBuilder<string>) {
  return db
    .selectFrom('series_titles as t')
    .select('t.title')
    .where('t.series_id', '=', sql.ref<number>('s.id'))
    .where('t.language', '=', language)
    .orderBy('t.position')
    .limit(sql.lit(1));
}

function descriptionIn(language: RawBuilder<string>) {
  return db
    .selectFrom('series_descriptions as d')
    .select('d.text')
    .where('d.series_id', '=', sql.ref<number>('s.id'))
    .where('d.language', '=', language);
}

/** The titles of the series `s` in their order. Kysely has no form for an array of a subquery. */
const ALIASES = sql<string[]>`array(${db
  .selectFrom('series_titles as t')
  .select('t.title')
  .where('t.series_id', '=', sql.ref<number>('s.id'))
  .orderBy('t.position')})`;

/** The ids of the series `s` at other trackers as texts; earlier versions stored some as numbers. */
export const LINKS = sql<CardDetails['links']>`json_build_object(${sql.join(
  LINKED_SITES.flatMap((site) => [sql.lit(site), sql`s.links ->> ${sql.lit(site)}`]),
)})`;

/** The volume `v` as lists show it. */
const FIRST_VOLUME = sql<CardParts['volume']>`case when v.id is not null then ${jsonBuildObject({
  id: sql.ref('v.id'),
  cover_path: sql.ref('v.cover_path'),
  nsfw: sql.ref('v.nsfw'),
  nsfw18: sql.ref('v.nsfw18'),
  aspect_ratio: sql.ref('v.aspect_ratio'),
})} end`;

/** The number of volumes of the series `s`. */
const VOLUME_COUNT = sql<number>`(${db
  .selectFrom('volumes as counted')
  .select((eb) => eb.fn.countAll().as('count'))
  .where('counted.series_id', '=', sql.ref<number>('s.id'))})`;

const PARTS = {
  origin: sql.ref('s.origin'),
  client: sql.ref('s.client_id'),
  public: sql.ref('s.public'),
  nsfw: sql.ref('s.nsfw'),
  nsfw18: sql.ref('s.nsfw18'),
  authors: sql.ref('s.authors'),
  chapters: sql.ref('s.chapters'),
  volume_total: sql.ref('s.volume_total'),
  volume_count: VOLUME_COUNT,
  publication: sql.ref('s.publication'),
  year: sql.ref('s.year'),
  volume: FIRST_VOLUME,
  publisher_language: sql.ref('v.language'),
} satisfies Record<keyof CardParts, RawBuilder<unknown>>;

const DETAILS = {
  aliases: ALIASES,
  tags: sql.ref('s.tags'),
  links: LINKS,
} satisfies Record<keyof CardDetails, RawBuilder<unknown>>;

function jsonOf(values: Readonly<Record<string, RawBuilder<unknown>>>): RawBuilder<unknown> {
  return sql`json_build_object(${sql.join(
    Object.entries(values).flatMap(([name, value]) => [sql.lit(name), value]),
  )})`;
}

const CARD_COLUMNS = ['name', 'slug', 'type', 'alias', 'description', 'parts', 'details'] as const;

/** Computes the cards of series again. Rows that would not change are not written. */
export const REFRESH_CARDS = statement(
  'catalog.refresh-cards',
  ({ seriesIds }: { seriesIds: readonly number[] }) =>
    db
      .insertInto('series_cards')
      .columns(['series_id', ...CARD_COLUMNS])
      .expression((eb) =>
        eb
          .selectFrom('series as s')
          .leftJoinLateral(
            (lateral) =>
              lateral
                .selectFrom('volumes')
                .selectAll()
                .whereRef('series_id', '=', 's.id')
                .orderBy('group_order')
                .orderBy('id')
                .limit(sql.lit(1))
                .as('v'),
            (join) => join.onTrue(),
          )
          .select((series) => [
            's.id',
            's.name',
            's.slug',
            's.type',
            series.fn.coalesce(titleIn(FALLBACK), 's.name').as('alias'),
            descriptionIn(FALLBACK).as('description'),
            jsonOf(PARTS).as('parts'),
            jsonOf(DETAILS).as('details'),
          ])
          .where('s.id', '=', anyOf(seriesIds, 'int[]')),
      )
      .onConflict((conflict) =>
        conflict
          .column('series_id')
          .doUpdateSet(
            Object.fromEntries(CARD_COLUMNS.map((column) => [column, sql.ref(`excluded.${column}`)])),
          )
          .where(hasChanged('series_cards', CARD_COLUMNS)),
      ),
);

/** Computes the texts of series in other languages than the fallback again, and deletes those that have none left. */
export const REFRESH_TEXTS = statement(
  'catalog.refresh-texts',
  ({ seriesIds }: { seriesIds: readonly number[] }) =>
    db
      .with('current', (query) =>
        query
          .selectFrom((eb) =>
            eb
              .selectFrom('series_titles')
              .select(['series_id as id', 'language'])
              .where('series_id', '=', anyOf(seriesIds, 'int[]'))
              .union(
                eb
                  .selectFrom('series_descriptions')
                  .select(['series_id as id', 'language'])
                  .where('series_id', '=', anyOf(seriesIds, 'int[]')),
              )
              .as('s'),
          )
          .select([
            's.id',
            's.language',
            titleIn(sql.ref('s.language')).as('alias'),
            descriptionIn(sql.ref('s.language')).as('description'),
          ])
          .where('s.language', '<>', FALLBACK),
      )
      .with('former', (query) =>
        query
          .deleteFrom('series_texts as x')
          .where('x.series_id', '=', anyOf(seriesIds, 'int[]'))
          .where(({ not, exists, selectFrom }) =>
            not(
              exists(
                selectFrom('current as c')
                  .select(sql.lit(1).as('one'))
                  .whereRef('c.id', '=', 'x.series_id')
                  .whereRef('c.language', '=', 'x.language'),
              ),
            ),
          ),
      )
      .insertInto('series_texts')
      .columns(['series_id', 'language', 'alias', 'description'])
      .expression((eb) => eb.selectFrom('current').select(['id', 'language', 'alias', 'description']))
      .onConflict((conflict) =>
        conflict
          .columns(['series_id', 'language'])
          .doUpdateSet((eb) => ({
            alias: eb.ref('excluded.alias'),
            description: eb.ref('excluded.description'),
          }))
          .where(hasChanged('series_texts', ['alias', 'description'])),
      ),
);

/**
 * Condition of `ON CONFLICT DO UPDATE`: whether a column of the row differs from the new value. The values are compared
 * as texts, since the type json has no equality.
 */
export function hasChanged(table: string, columns: readonly string[]): RawBuilder<boolean> {
  const row = (relation: string) =>
    sql.join(columns.map((column) => sql`${sql.ref(`${relation}.${column}`)}::text`));
  return sql<boolean>`(${row(table)}) is distinct from (${row('excluded')})`;
}
