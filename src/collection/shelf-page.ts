import { type SelectQueryBuilder, sql } from 'kysely';
import type { VolumeSchema } from '../catalog/catalog.entity.js';
import type { SeriesCardSchema, SeriesSearchSchema } from '../catalog/read-model.entity.js';
import { selectListedSeries, type SeriesColumns } from '../catalog/series-projection.js';
import { type OwnedVolume, selectVolume, type VolumeRow } from '../catalog/volume-projection.js';
import { isEnabledClient } from '../clients/client-filter.js';
import { rowCount, rowNumber, type SortKey, sortKeys } from '../database/expressions.js';
import { oneRow, pageQuery, smallPage } from '../database/page.js';
import { statementFamily, tables, type TablesOf } from '../database/statement.js';
import { matchesUnindexed, type SearchParameters } from '../search/conditions.js';
import type { SearchForm } from '../search/fold.js';
import { ITEM_STATES, type ItemState } from '../catalog/item-states.js';
import type { CollectionItemSchema } from './collection-item.entity.js';
import type { ShelfOrder } from './shelf.dto.js';

/** The part of a request that changes the text of the statement. */
interface Variant {
  readonly order: ShelfOrder;
  readonly searchColumn: SearchForm['column'] | null;
  readonly isTranslated: boolean;
  readonly isCard: boolean;
}

interface Parameters extends SearchParameters {
  readonly userId: string;
  readonly client: number;
  readonly language: string;
  readonly limit: number;
  readonly offset: number;
}

type Entities =
  typeof CollectionItemSchema | typeof VolumeSchema | typeof SeriesCardSchema | typeof SeriesSearchSchema;
type Tables = TablesOf<Entities>;

/** A series with items: their numbers by state, and the day of the last purchase. */
interface Shelf {
  readonly series_id: number;
  readonly series_name: string;
  readonly owned: number;
  readonly ordered: number;
  readonly wanted: number;
  readonly bought: string | null;
}

/** A volume of the editions of which the reader owns one. */
interface EditionVolume {
  readonly position: number;
  readonly id: number;
  readonly group_order: number;
  readonly release_date: string | null;
  readonly is_out: boolean;
  readonly is_lacking: boolean;
}

/** A lacking volume that is shown: the first ones that are out, and the next that comes out. */
interface Lacking {
  readonly position: number;
  readonly id: number;
  readonly is_out: boolean;
  readonly rank: number;
}

type Row = { readonly position: number };
const db = tables<Entities>().withTables<{
  shelves: Shelf;
  page: Shelf & Row;
  volumes_of_editions: EditionVolume;
  lacking: Lacking;
}>();

/** No answer has more missing volumes of a series. */
const MAX_MISSING = 100;

type Key = SortKey<'m.series_name' | 'm.series_id' | 'm.bought'>;
const ORDERS: Record<ShelfOrder, readonly Key[]> = {
  'name-asc': ['m.series_name', 'm.series_id'],
  'name-desc': ['m.series_name desc', 'm.series_id'],
  'buy-date-asc': ['m.bought asc nulls last', 'm.series_id'],
  'buy-date-desc': ['m.bought desc nulls last', 'm.series_id'],
};

const TODAY = sql<string>`(now() at time zone 'UTC')::date`;

/**
 * A page of the series of a reader's items, with what the reader lacks of them, and its total. The items are read once
 * to find the series; volumes are read for the series of the page alone.
 */
export const SHELF_PAGE = statementFamily(
  'collection.shelf',
  ({ order, searchColumn, isTranslated, isCard }: Variant, p: Parameters) => {
    const view = { language: p.language, isTranslated, isCard };
    return pageQuery(
      oneRow(
        db
          .with(
            (cte) => cte('shelves').materialized(),
            () => shelves(searchColumn, p),
          )
          .with(
            (cte) => cte('page').materialized(),
            (query) =>
              query
                .selectFrom(
                  smallPage(
                    query
                      .selectFrom('shelves as m')
                      .selectAll()
                      .orderBy(sortKeys(ORDERS[order]))
                      .limit(p.limit)
                      .offset(p.offset),
                  ).as('shown'),
                )
                .selectAll()
                .select(rowNumber().as('position')),
          )
          .with(
            (cte) => cte('volumes_of_editions').materialized(),
            () => volumesOfEditions(p),
          )
          .with(
            (cte) => cte('lacking').materialized(),
            () => lacking(),
          ),
      ),
      (eb) => ({
        total: rowCount(eb.selectFrom('shelves')),
        client_known: isEnabledClient(p.client),
      }),
      () => rowsOfPage(view, p),
    );
  },
);

function countOf(state: ItemState) {
  return sql<number>`count(*) filter (where i.state = ${sql.lit(state)})::int`;
}

/** The series of the reader's items. */
function shelves(searchColumn: Variant['searchColumn'], p: Parameters) {
  const found = db
    .selectFrom('collection_items as i')
    .select([
      'i.series_id',
      // All items of a series have its name; to group by it would compare names by their collation.
      sql<string>`any_value(i.series_name)`.as('series_name'),
      ...ITEM_STATES.map((state) => countOf(state).as(state)),
      sql<string | null>`max(i.buy_date)`.as('bought'),
    ])
    .where('i.user_id', '=', p.userId)
    .where('i.series_client', 'in', [sql.lit(0), sql<number>`${p.client}::int`])
    .groupBy('i.series_id');
  const all = db.selectFrom(found.as('m')).selectAll('m');
  if (searchColumn === null) return all;
  return all
    .innerJoin('series_search as f', 'f.series_id', 'm.series_id')
    .where((eb) => matchesUnindexed(eb.ref(`f.${searchColumn}`), p));
}

/**
 * The volumes in the editions of owned items, for the series of the page. A volume without a date is out when a later
 * one of its edition is.
 */
function volumesOfEditions(p: Parameters) {
  const edition = sql`partition by g.position, v.language, v.edition_name`;
  const volumes = db
    .selectFrom('page as g')
    .innerJoin('volumes as v', 'v.series_id', 'g.series_id')
    .leftJoin('collection_items as i', (join) =>
      join.on('i.user_id', '=', p.userId).onRef('i.volume_id', '=', 'v.id'),
    )
    .select(['g.position', 'v.id', 'v.group_order', 'v.release_date'])
    .select([
      sql<boolean>`coalesce(i.state = 'wanted', true)`.as('is_lacking'),
      sql<boolean | null>`bool_or(i.state = 'owned') over (${edition})`.as('is_own_edition'),
      sql<number | null>`max(v.group_order) filter (where v.release_date <= ${TODAY}) over (${edition})`.as(
        'last_out',
      ),
    ])
    .where('g.owned', '>', sql.lit(0));
  return db
    .selectFrom(volumes.as('v'))
    .select(['v.position', 'v.id', 'v.group_order', 'v.release_date', 'v.is_lacking'])
    .select(
      sql<boolean>`coalesce(v.release_date <= ${TODAY}, v.group_order < v.last_out, false)`.as('is_out'),
    )
    .where('v.is_own_edition', '=', sql.lit(true));
}

/** The lacking volumes that are shown: those that are out by their order, and the one that comes out next. */
function lacking() {
  const order = sql`case when v.is_out then null else v.release_date end nulls last, v.group_order, v.id`;
  const ranked = db
    .selectFrom('volumes_of_editions as v')
    .select(['v.position', 'v.id', 'v.is_out'])
    .select(sql<number>`row_number() over (partition by v.position, v.is_out order by ${order})`.as('rank'))
    .where('v.is_lacking', '=', sql.lit(true));
  return db
    .selectFrom(ranked.as('r'))
    .selectAll()
    .where(sql<boolean>`r.rank <= case when r.is_out then ${sql.lit(MAX_MISSING)} else 1 end`);
}

/** A volume in the answer: one that is out and missing, or the next one. */
interface LackingVolume extends VolumeRow {
  readonly is_out: boolean;
}

/** The series of the page, with their lacking volumes as JSON. */
function rowsOfPage(view: SeriesColumns, p: Parameters) {
  const volumes = selectVolume(
    db
      .withTables<{ collection_items: OwnedVolume }>()
      .selectFrom('lacking as l')
      .innerJoin('volumes as v', 'v.id', 'l.id')
      .innerJoin('series_cards as c', 'c.series_id', 'v.series_id')
      .leftJoin('collection_items as i', (join) =>
        join.on('i.user_id', '=', p.userId).onRef('i.volume_id', '=', 'v.id'),
      )
      .select(['l.is_out', 'l.rank'])
      .where('l.position', '=', sql.ref<number>('page.position')),
    view,
  );
  const counts = db
    .selectFrom('volumes_of_editions as e')
    .select([
      sql<number>`count(*)::int`.as('volumes'),
      sql<number>`count(*) filter (where e.is_lacking and e.is_out)::int`.as('missing_count'),
    ])
    .where('e.position', '=', sql.ref<number>('page.position'));
  const rows = db
    .selectFrom('page')
    .innerJoin('series_cards as c', 'c.series_id', 'page.series_id')
    .innerJoinLateral(counts.as('counts'), (join) => join.onTrue())
    .select(['page.position', 'page.owned', 'page.ordered', 'page.wanted'])
    .select(['counts.volumes', 'counts.missing_count'])
    .select(
      sql<LackingVolume[]>`(select coalesce(json_agg(x order by x.rank), '[]') from ${volumes} as x)`.as(
        'lacking',
      ),
    );
  return selectListedSeries(rows as unknown as SelectQueryBuilder<Shown, 'c' | 'page', ShelfColumns>, view);
}

interface Shown {
  readonly c: Tables['series_cards'];
  readonly page: Shelf & Row;
}

interface ShelfColumns {
  readonly position: number;
  readonly owned: number;
  readonly ordered: number;
  readonly wanted: number;
  readonly volumes: number;
  readonly missing_count: number;
  readonly lacking: LackingVolume[];
}
