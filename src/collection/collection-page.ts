import { expressionBuilder, type SqlBool, sql } from 'kysely';
import type { VolumeSchema } from '../catalog/catalog.entity.js';
import type {
  SeriesCardSchema,
  SeriesSearchSchema,
  VolumeSearchSchema,
} from '../catalog/read-model.entity.js';
import type { Translation } from '../catalog/series-projection.js';
import { type OwnedVolume, selectVolume } from '../catalog/volume-projection.js';
import { isEnabledClient } from '../clients/client-filter.js';
import { anyOf, asCount, rowCount, rowNumber, type SortKey, sortKeys } from '../database/expressions.js';
import { oneRow, pageQuery, PER_ROW, smallPage, withPage } from '../database/page.js';
import { statementFamily, tables, type TablesOf } from '../database/statement.js';
import { matchesPattern, matchesUnindexed, type SearchParameters } from '../search/conditions.js';
import type { SearchForm } from '../search/fold.js';
import type { ItemState } from '../catalog/item-states.js';
import type { CollectionItemSchema, CollectionTotalSchema } from './collection-item.entity.js';
import type { CollectionOrder } from './collection.dto.js';

/** The part of a request that changes the text of the statement. */
interface Variant {
  readonly order: CollectionOrder;
  readonly search: SearchVariant | null;
  readonly isTranslated: boolean;
  /** Whether items without a date of purchase are listed. */
  readonly hasUndated: boolean;
}

interface SearchVariant {
  readonly column: SearchForm['column'];
  /** Number of forms of an ISBN in the search. */
  readonly isbns: 0 | 1 | 2;
  /** Whether the trigram indexes find the term. */
  readonly isIndexed: boolean;
}

interface Parameters extends SearchParameters {
  readonly userId: string;
  readonly client: number;
  readonly states: readonly ItemState[];
  readonly language: string;
  readonly isbn: string;
  readonly otherIsbn: string;
  readonly limit: number;
  readonly offset: number;
}

type Entities =
  | typeof CollectionItemSchema
  | typeof CollectionTotalSchema
  | typeof VolumeSchema
  | typeof SeriesCardSchema
  | typeof SeriesSearchSchema
  | typeof VolumeSearchSchema;
type Tables = TablesOf<Entities>;
type Key = SortKey<`i.${keyof Tables['collection_items']}` | 'v.release_date'>;

const db = tables<Entities>();

/** Ties are broken by the item's id, ascending in either direction. */
const ORDERS: Record<CollectionOrder, readonly Key[]> = {
  'name-asc': ['i.series_name', 'i.group_order', 'i.id'],
  'name-desc': ['i.series_name desc', 'i.group_order desc', 'i.id'],
  'buy-date-asc': ['i.buy_date', 'i.id'],
  'buy-date-desc': ['i.buy_date desc', 'i.id'],
  'price-asc': ['i.price', 'i.id'],
  'price-desc': ['i.price desc', 'i.id'],
  'release-date-asc': ['v.release_date asc nulls last', 'i.id'],
  'release-date-desc': ['v.release_date desc nulls last', 'i.id'],
};

/** The order of a list, with items without a date of purchase last in both directions. */
function keysOf({ order, hasUndated }: Pick<Variant, 'order' | 'hasUndated'>) {
  // Without such items an index is read backwards.
  const keys: readonly Key[] =
    order === 'buy-date-desc' && hasUndated ? ['i.buy_date desc nulls last', 'i.id'] : ORDERS[order];
  return sortKeys(keys);
}

/** Up to this many items, comparing all of them beats the trigram indexes of the catalog. */
const SMALL_LIST = 1_000;

/** A page of an owner's items and its total. */
export const COLLECTION_PAGE = statementFamily(
  'collection.page',
  ({ search, isTranslated, ...variant }: Variant, p: Parameters) => {
    const translation = { language: p.language, isTranslated };
    const clientKnown = isEnabledClient(p.client);
    if (search === null) {
      return pageQuery(
        withPage(pageInOrder(variant, p)),
        () => ({ total: totalFromCounters(p), client_known: clientKnown }),
        () => rowsOfPage(translation),
      );
    }
    return pageQuery(
      oneRow(
        db
          .with(
            (cte) => cte('matches').materialized(),
            () => searchMatches(variant, search, p),
          )
          .with('page', (query) =>
            query
              .selectFrom((eb) =>
                smallPage(
                  eb.selectFrom('matches').selectAll().orderBy('position').limit(p.limit).offset(p.offset),
                ).as('shown'),
              )
              .innerJoinLateral(
                (eb) =>
                  eb
                    .selectFrom('collection_items')
                    .selectAll()
                    .where('user_id', '=', p.userId)
                    .whereRef('id', '=', 'shown.id')
                    .offset(PER_ROW)
                    .as('i'),
                (join) => join.onTrue(),
              )
              .selectAll('i')
              .select('shown.position'),
          ),
      ),
      (eb) => ({
        total: rowCount(eb.selectFrom('matches')),
        client_known: clientKnown,
      }),
      () => rowsOfPage(translation),
    );
  },
);

/** Condition for the owner's items (`i`) or counters (`c`) in some states and in the client's part of the catalog. */
export function belongsToOwner(
  of: 'i' | 'c',
  { userId, client, states }: { userId: string; client: number; states: readonly ItemState[] },
) {
  const eb = expressionBuilder<
    { i: Tables['collection_items']; c: Tables['collection_totals'] },
    'i' | 'c'
  >();
  return eb.and([
    eb(`${of}.user_id`, '=', userId),
    eb(`${of}.state`, '=', anyOf(states, 'item_state[]')),
    eb(`${of}.series_client`, 'in', [sql.lit(0), sql<number>`${client}::int`]),
  ]);
}

/** The total of a list without a search, from the counters. */
function totalFromCounters(p: Parameters) {
  return asCount(
    db
      .selectFrom('collection_totals as c')
      .select((eb) => eb.fn.sum('c.items').as('items'))
      .where(belongsToOwner('c', p)),
  );
}

/** The page of a list without a search. */
function pageInOrder(variant: Pick<Variant, 'order' | 'hasUndated'>, p: Parameters) {
  const ordered = variant.order.startsWith('release-date')
    ? own(p).innerJoin('volumes as v', 'v.id', 'i.volume_id').selectAll('i')
    : own(p).selectAll('i');
  const page = ordered.orderBy(keysOf(variant)).limit(p.limit).offset(p.offset);
  return db.selectFrom(page.as('i')).selectAll('i').select(rowNumber().as('position'));
}

/**
 * All matches of a search with their positions. The total needs all of them: read once, with only the order's columns.
 * For a short list the texts of all items are compared; for a long one the trigram indexes of the catalog find the
 * volumes first.
 */
function searchMatches(variant: Pick<Variant, 'order' | 'hasUndated'>, search: SearchVariant, p: Parameters) {
  const isSmall = sql<SqlBool>`${totalFromCounters(p)} <= ${sql.lit(SMALL_LIST)}`;
  const scanned = own(p)
    .innerJoin('volume_search as g', 'g.volume_id', 'i.volume_id')
    .innerJoin('series_search as f', 'f.series_id', 'g.series_id')
    .selectAll('i')
    .where(matchesSearch(search, p));
  // For a term without three letters or digits in a row the trigram indexes are no use.
  const candidates = search.isIndexed
    ? scanned.where(isSmall).unionAll(
        db
          .selectFrom(matchingVolumes(search, p).as('m'))
          .innerJoinLateral(
            (eb) =>
              eb
                .selectFrom('collection_items as i')
                .selectAll('i')
                .where(belongsToOwner('i', p))
                .whereRef('i.volume_id', '=', 'm.volume_id')
                .offset(PER_ROW)
                .as('i'),
            (join) => join.onTrue(),
          )
          .selectAll('i')
          .where(sql<SqlBool>`not ${isSmall}`),
      )
    : scanned;
  const matching = db.selectFrom(candidates.as('i'));
  const ordered = variant.order.startsWith('release-date')
    ? matching.innerJoin('volumes as v', 'v.id', 'i.volume_id')
    : matching;
  return ordered.select(['i.id', rowNumber(keysOf(variant)).as('position')]);
}

/** The owner's items in the client's part of the catalog. */
function own(p: Parameters) {
  return db.selectFrom('collection_items as i').where(belongsToOwner('i', p));
}

/** Matches titles of the series, the volume's name, and both ISBNs. */
function matchesSearch({ column, isbns }: SearchVariant, p: Parameters) {
  const eb = expressionBuilder<{ f: Tables['series_search']; g: Tables['volume_search'] }, 'f' | 'g'>();
  return eb.or([
    matchesUnindexed(eb.ref(`f.${column}`), p),
    matchesUnindexed(eb.ref(`g.${column}`), p),
    ...hasIsbn(isbns, p),
  ]);
}

/** Conditions for the ISBNs of `g`. */
function hasIsbn(isbns: SearchVariant['isbns'], p: Parameters) {
  return [p.isbn, p.otherIsbn]
    .slice(0, isbns)
    .flatMap((isbn) => [
      sql<SqlBool>`g.isbn10 like ${isbn}::text`,
      sql<SqlBool>`g.isbn13 like ${isbn}::text`,
    ]);
}

/** The volumes of the whole catalog that match, found by index, each once. */
function matchingVolumes({ column, isbns }: SearchVariant, p: Parameters) {
  const volumes = db.selectFrom('volume_search as g').select('g.volume_id');
  const bySeries = volumes
    .innerJoin('series_search as f', 'f.series_id', 'g.series_id')
    .where((eb) => matchesPattern(eb.ref(`f.${column}`), p));
  const byName = volumes.where((eb) => matchesPattern(eb.ref(`g.${column}`), p));
  const found = bySeries.union(byName);
  if (isbns === 0) return found;
  const owned = own(p)
    .innerJoin('volume_search as g', 'g.volume_id', 'i.volume_id')
    .select('g.volume_id')
    .where((eb) => eb.or(hasIsbn(isbns, p)));
  return found.union(owned);
}

/** The volumes of the page with the owner's copies. */
function rowsOfPage(translation: Translation) {
  const page = db
    .withTables<{ page: OwnedVolume & { position: number } }>()
    .selectFrom('page as i')
    .innerJoin('volumes as v', 'v.id', 'i.volume_id')
    .innerJoin('series_cards as c', 'c.series_id', 'v.series_id')
    .select('i.position');
  return selectVolume(page, translation);
}
