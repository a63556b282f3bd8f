import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { containing, type SearchForm, searchTerm, searchTwice } from '../search/fold.js';
import { volumeColumns, type VolumeRow } from '../catalog/volume-projection.js';
import { clientKnown } from '../clients/client-filter.js';
import { runIn, Sql, Statements, statement } from '../database/sql.js';
import type { CollectionOrder, ItemChanges, NewItem } from './collection.dto.js';
import { isbnDigits } from './isbn.js';

/** Which items of an owner's, and in what order. */
export interface CollectionSelection {
  readonly userId: string;
  readonly client: number;
  readonly search: string | undefined;
  readonly order: CollectionOrder;
  readonly language: string;
  readonly limit: number;
  readonly offset: number;
}

export interface StatsRow {
  readonly client_known: boolean;
  readonly total_items: number;
  /** Exact: a decimal in digits. */
  readonly total_spent: string;
  readonly first_buy: string | null;
  readonly last_buy: string | null;
}

/** A page of an owner's items; `clientKnown` is false when the client is unknown or disabled. */
export interface CollectionPage {
  readonly total: number;
  readonly clientKnown: boolean;
  readonly rows: VolumeRow[];
}

/** What an attempt to add a volume met. */
export interface AddOutcome {
  readonly client_known: boolean;
  readonly volume_known: boolean;
  readonly written: boolean;
}

/** Ties are broken by the item's id, ascending in either direction. */
const ORDERS: Record<CollectionOrder, string> = {
  'name-asc': 'i.series_name asc, i.group_order asc, i.id',
  'name-desc': 'i.series_name desc, i.group_order desc, i.id',
  'buy-date-asc': 'i.buy_date asc, i.id',
  'buy-date-desc': 'i.buy_date desc, i.id',
  'price-asc': 'i.price asc, i.id',
  'price-desc': 'i.price desc, i.id',
  'release-date-asc': 'v.release_date asc nulls last, i.id',
  'release-date-desc': 'v.release_date desc nulls last, i.id',
};

/** The owner's items, or their totals, in the part of the catalog that a client shows. */
const OWN = 'user_id = $1 and series_client in (0, $2)';

const STATS = statement(
  'collection.stats',
  `select ${clientKnown('$2')} as client_known, coalesce(sum(items), 0)::int as total_items,
     coalesce(sum(spent), 0) as total_spent,
     (select to_char(min(buy_date), 'YYYY-MM-DD') from collection_items where ${OWN}) as first_buy,
     (select to_char(max(buy_date), 'YYYY-MM-DD') from collection_items where ${OWN}) as last_buy
   from collection_totals where ${OWN}`,
);

const ADD = statement(
  'collection.add',
  `with target as (
     select ${clientKnown('$3')} as client_known, exists(select from volumes where id = $2) as volume_known
   ), written as (
     insert into collection_items (user_id, volume_id, client_id, price, buy_date, series_name, group_order, series_client)
     select $1, v.id, $3, $4, coalesce($5::date, (clock_timestamp() at time zone 'UTC')::date), s.name, v.group_order,
       coalesce(s.client_id, 0)
     from target join volumes v on v.id = $2 join series s on s.id = v.series_id where client_known
     on conflict (user_id, volume_id) do nothing
     returning 1
   )
   select client_known, volume_known, exists(select from written) as written from target`,
);

const UPDATE = statement(
  'collection.update',
  'update collection_items set price = $3, buy_date = $4 where user_id = $1 and id = $2 returning id',
);

// Names that differ in what their order ignores stay as they are. First items, then totals, each in the order of its
// key: owners, who do so as well, and imports then never wait for each other in a circle.
const REKEY = `with changed as materialized (
     select i.user_id, i.id, i.price, i.series_client as former, s.name, v.group_order,
       coalesce(s.client_id, 0) as client
     from series s join volumes v on v.series_id = s.id join collection_items i on i.volume_id = v.id
     where s.external_id = any($1::text[])
       and (i.series_name <> s.name or i.group_order <> v.group_order or i.series_client <> coalesce(s.client_id, 0))
     order by i.user_id, i.id for no key update of i
   ), moved as (
     update collection_items i set series_name = c.name, group_order = c.group_order, series_client = c.client
     from changed c where i.user_id = c.user_id and i.id = c.id
   )
   insert into collection_totals as c (user_id, series_client, items, spent)
   select user_id, side.owner, sum(side.change), sum(side.change * price)
   from changed cross join lateral (values (former, -1), (client, 1)) as side (owner, change)
   where former <> client
   group by 1, 2 order by 1, 2
   on conflict (user_id, series_client) do update
     set items = c.items + excluded.items, spent = c.spent + excluded.spent`;

const DELETE = statement(
  'collection.delete',
  'delete from collection_items where user_id = $1 and id = $2 returning id',
);

@Injectable()
export class CollectionItemRepository {
  private readonly statements = new Statements('collection.page');

  constructor(
    private readonly sql: Sql,
    private readonly em: EntityManager,
  ) {}

  /**
   * A page of an owner's items and its total: one statement, and a second one where a search has found nothing. It reads
   * this owner's items alone; without a search, and in the order of names or dates, only those of the page.
   */
  async page(selection: CollectionSelection): Promise<CollectionPage> {
    return searchTwice(searchTerm(selection.search), (form) => this.pageOf(selection, form));
  }

  private async pageOf(selection: CollectionSelection, search: SearchForm | null): Promise<CollectionPage> {
    const { userId, client, language, limit, offset, order } = selection;
    const values: unknown[] = [userId, client, language, limit, offset];
    const page =
      search === null
        ? listed(order)
        : searched(
            order,
            searchCondition(search, selection.search ?? '', (value) => `$${values.push(value)}`),
          );
    const text = `with ${page.sources}
      select (${page.total}) as total, ${clientKnown('$2')} as client_known, shown.*
      from (select) as one
      left join lateral (
        select ${volumeColumns('$3')}, i.position
        from page i join volumes v on v.id = i.volume_id join series s on s.id = v.series_id
      ) as shown on true
      order by shown.position`;
    const rows = await this.sql.rows<VolumeRow & { total: number; client_known: boolean; id: number | null }>(
      this.statements.of(text),
      values,
    );
    return {
      total: rows[0]?.total ?? 0,
      clientKnown: rows[0]?.client_known ?? false,
      rows: rows.filter(({ id }) => id !== null),
    };
  }

  async stats(userId: string, client: number): Promise<StatsRow> {
    return (await this.sql.row<StatsRow>(STATS, [userId, client])) as StatsRow;
  }

  /** Adds a volume, or finds that it is owned: of many at once, one is written. */
  async add(userId: string, volumeId: number, { client, price, date }: NewItem): Promise<AddOutcome> {
    const values = [userId, volumeId, client, price ?? 0, date ?? null];
    return (await this.sql.row<AddOutcome>(ADD, values)) as AddOutcome;
  }

  /** Whether the owner has such an item. */
  async update(userId: string, itemId: number, { price, date }: ItemChanges): Promise<boolean> {
    return (await this.sql.row(UPDATE, [userId, itemId, price, date])) !== undefined;
  }

  /** Brings what lists are ordered and filtered by up to date with series that an import has changed. */
  async refreshSortKeys(externalIds: readonly string[]): Promise<void> {
    await runIn(this.em, REKEY, [externalIds]);
  }

  /** Whether the owner had such an item. */
  async delete(userId: string, itemId: number): Promise<boolean> {
    return (await this.sql.row(DELETE, [userId, itemId])) !== undefined;
  }
}

/** Without a search the page is read in its order, and the kept totals give its total. */
function listed(order: CollectionOrder) {
  const catalog = ORDERS[order].includes('v.') ? 'join volumes v on v.id = i.volume_id' : '';
  return {
    sources: `page as materialized (
      select i.*, row_number() over () as position from (
        select i.* from collection_items i ${catalog} where ${OWN} order by ${ORDERS[order]} limit $4 offset $5
      ) as i
    )`,
    total: `select coalesce(sum(items), 0)::int from collection_totals where ${OWN}`,
  };
}

/** With a search all matches must be seen to be counted: once, and no wider than their order needs. */
function searched(order: CollectionOrder, condition: string) {
  return {
    sources: `matches as materialized (
      select i.id, row_number() over (order by ${ORDERS[order]}) as position
      from collection_items i join volumes v on v.id = i.volume_id join series s on s.id = v.series_id
      where ${OWN} and ${condition}
    ), page as (
      select i.*, shown.position
      from (select * from matches order by position limit $4 offset $5) as shown
      join collection_items i on i.user_id = $1 and i.id = shown.id
    )`,
    total: 'select count(*)::int from matches',
  };
}

/** Series by any title, volumes by name, and both ISBNs. */
function searchCondition(
  { column, term }: SearchForm,
  search: string,
  bind: (value: unknown) => string,
): string {
  const pattern = bind(containing(term));
  const isbns = isbnDigits(search).map((digits) => bind(containing(digits)));
  const conditions = [
    `s.${column} like ${pattern}::text`,
    `v.${column} like ${pattern}::text`,
    ...isbns.flatMap((isbn) => [`v.isbn10 like ${isbn}::text`, `v.isbn13 like ${isbn}::text`]),
  ];
  return `(${conditions.join(' or ')})`;
}
