import { Injectable } from '@nestjs/common';
import { isTranslated } from '../catalog/series-projection.js';
import type { VolumeRow } from '../catalog/volume-projection.js';
import { Sql } from '../database/sql.js';
import type { RowOf } from '../database/statement.js';
import { searchParameters, searchVariant } from '../search/conditions.js';
import { containing, type SearchForm, searchTerm, searchWithFallback } from '../search/fold.js';
import { COLLECTION_PAGE } from './collection-page.js';
import { Config } from '../config.js';
import { currenciesTooCoarseFor } from '../currencies.js';
import type { ItemState } from '../catalog/item-states.js';
import type { CollectionOrder } from './collection.dto.js';
import { isbnDigits } from './isbn.js';
import type { Cause } from '../reader-log/log-statements.js';
import { ADD } from './add-item-statement.js';
import { DELETE, FIND_BY_VOLUME, type ItemRow, ITEMS_OF_VOLUMES, KNOWS_CLIENT } from './item-statements.js';
import { REFRESH_SORT_KEYS } from './refresh-sort-keys.js';
import { STATS } from './stats-statements.js';
import { UPDATE } from './update-item-statement.js';

/** Filters, order and range of a page. */
interface CollectionSelection {
  readonly userId: string;
  readonly client: number;
  readonly states: readonly ItemState[];
  readonly search: string | undefined;
  readonly order: CollectionOrder;
  readonly language: string;
  readonly limit: number;
  readonly offset: number;
}

/** A page of an owner's items; `clientKnown` is false when the client is unknown or disabled. */
export interface CollectionPage {
  readonly total: number;
  readonly clientKnown: boolean;
  readonly rows: VolumeRow[];
}

export type StatsRow = Omit<RowOf<typeof STATS>, 'client_known'>;

type StatsOutcome = { readonly kind: 'found'; readonly stats: StatsRow } | { readonly kind: 'no-client' };

/** A change of an item. Null means no value; what is absent stays as it is. */
export interface ItemChanges {
  readonly state?: ItemState | undefined;
  readonly price?: number | undefined;
  readonly currency?: string | undefined;
  /** Null for the stored date, else today. */
  readonly date?: string | null | undefined;
  readonly condition?: string | null | undefined;
  readonly place?: string | null | undefined;
  readonly notes?: string | null | undefined;
  readonly client?: number | undefined;
}

/** A new item. By default it is owned, costs nothing and is of today. */
export type NewItem = ItemChanges & { readonly client: number };

/** Outcome of changing an item. `too-precise`: the price has more fraction digits than its currency. */
export type UpdateOutcome =
  | { readonly kind: 'written'; readonly item: ItemRow }
  | { readonly kind: 'no-item' }
  | { readonly kind: 'too-precise' };

/** Outcome of adding a volume. */
export type AddOutcome =
  | { readonly kind: 'written' | 'exists'; readonly item: ItemRow }
  | { readonly kind: 'no-volume' }
  | { readonly kind: 'no-client' }
  | { readonly kind: 'too-precise' };

@Injectable()
export class CollectionItemRepository {
  constructor(
    private readonly sql: Sql,
    private readonly config: Config,
  ) {}

  /**
   * A page of an owner's items and its total: one statement, and a second one if a search finds no row. It reads only
   * items of this owner. Without a search, ordered by name or date of purchase, it reads only the items of the page.
   */
  async page(selection: CollectionSelection): Promise<CollectionPage> {
    return searchWithFallback(searchTerm(selection.search), (form) => this.pageOf(selection, form));
  }

  private async pageOf(
    { search = '', order, ...parameters }: CollectionSelection,
    form: SearchForm | null,
  ): Promise<CollectionPage> {
    const isbns = isbnDigits(search);
    const [isbn = '', otherIsbn = ''] = isbns;
    const page = COLLECTION_PAGE.of({
      order,
      search: form && {
        column: form.column,
        isbns: isbns.length,
        // The squeezed names of volumes have no index: they are compared only if nothing else matches.
        isIndexed: form.column === 'search_text' && searchVariant(form).by === 'trigrams',
      },
      isTranslated: isTranslated(parameters.language),
      hasUndated: parameters.states.includes('wanted'),
    });
    const { header, rows } = await this.sql.page(page, {
      ...parameters,
      // The values for absent filters are unused: the variant's statement does not have these parameters.
      ...searchParameters(form),
      isbn: containing(isbn),
      otherIsbn: containing(otherIsbn),
    });
    return { total: header?.total ?? 0, clientKnown: header?.client_known ?? false, rows };
  }

  async stats(userId: string, client: number, states: readonly ItemState[]): Promise<StatsOutcome> {
    const { defaultCurrency } = this.config;
    const stats = await this.sql.row(STATS, { userId, client, states, defaultCurrency });
    return stats?.client_known ? { kind: 'found', stats } : { kind: 'no-client' };
  }

  /**
   * Adds a volume unless the user has an item of it. An item that is ordered or wanted becomes owned if the new one is
   * owned. Of concurrent calls, exactly one writes.
   *
   * @param itemId of a deleted item that an undo restores
   */
  async add(
    userId: string,
    volumeId: number,
    added: NewItem,
    cause: Cause,
    itemId: number | null = null,
  ): Promise<AddOutcome> {
    const { client, state = 'owned', price = 0, currency, date, condition, place, notes } = added;
    const { header, rows } = await this.sql.page(ADD, {
      userId,
      volumeId,
      itemId,
      client,
      state,
      price,
      currency: currency ?? null,
      date: date ?? null,
      condition: condition ?? null,
      place: place ?? null,
      notes: notes ?? null,
      ...this.pricing(price),
      ...cause,
    });
    if (!header?.client_known) return { kind: 'no-client' };
    if (!header.price_fits) return { kind: 'too-precise' };
    if (!header.volume_known) return { kind: 'no-volume' };
    if (rows[0] !== undefined) return { kind: 'written', item: rows[0] };
    const item = await this.findByVolume(userId, volumeId);
    if (item !== undefined && (state !== 'owned' || item.state === 'owned' || itemId !== null)) {
      return { kind: 'exists', item };
    }
    const acquired = item && (await this.acquire(userId, item.item_id, added, cause));
    // Deleted or changed meanwhile: then it can be added, or is owned already.
    return acquired === undefined || acquired.kind === 'no-item'
      ? this.add(userId, volumeId, added, cause, itemId)
      : acquired;
  }

  /** Makes an item owned that is ordered or wanted; it keeps its place and notes. */
  private async acquire(
    userId: string,
    itemId: number,
    { price, currency, place: _place, notes: _notes, ...added }: NewItem,
    cause: Cause,
  ): Promise<UpdateOutcome> {
    // Without a price, the price of the order stays; a price without a currency is one in the reader's currency.
    const pays = price !== undefined || currency !== undefined;
    const paid = pays ? { price: price ?? 0, currency, takesOwnCurrency: true } : {};
    return this.change(userId, itemId, { ...added, state: 'owned', ...paid, onlyUnowned: true }, cause);
  }

  private async change(
    userId: string,
    itemId: number,
    changes: ItemChanges & { readonly takesOwnCurrency?: boolean; readonly onlyUnowned?: boolean },
    cause: Cause,
  ): Promise<UpdateOutcome> {
    const { client, state, price, currency, date, condition, place, notes } = changes;
    const { header, rows } = await this.sql.page(UPDATE, {
      userId,
      itemId,
      client: client ?? null,
      state: state ?? null,
      price: price ?? null,
      currency: currency ?? null,
      takesOwnCurrency: changes.takesOwnCurrency ?? false,
      date: date ?? null,
      hasCondition: condition !== undefined,
      condition: condition ?? null,
      hasPlace: place !== undefined,
      place: place ?? null,
      hasNotes: notes !== undefined,
      notes: notes ?? null,
      onlyUnowned: changes.onlyUnowned ?? false,
      ...this.pricing(price ?? 0),
      ...cause,
    });
    if (rows[0] !== undefined) return { kind: 'written', item: rows[0] };
    return header?.found ? { kind: 'too-precise' } : { kind: 'no-item' };
  }

  private pricing(price: number) {
    return {
      defaultCurrency: this.config.defaultCurrency,
      tooCoarse: currenciesTooCoarseFor(price),
    };
  }

  /** Whether a client is registered and enabled. */
  async knowsClient(client: number): Promise<boolean> {
    return (await this.sql.row(KNOWS_CLIENT, { client }))?.known ?? false;
  }

  async findByVolume(userId: string, volumeId: number): Promise<ItemRow | undefined> {
    return this.sql.row(FIND_BY_VOLUME, { userId, volumeId });
  }

  /** The user's items of several volumes, by volume. */
  async ofVolumes(userId: string, volumeIds: readonly number[]): Promise<Map<number, ItemRow>> {
    const rows = await this.sql.rows(ITEMS_OF_VOLUMES, { userId, volumeIds });
    return new Map(rows.map((row) => [row.volume_id, row]));
  }

  /** Changes an item of the user. */
  async update(userId: string, itemId: number, changes: ItemChanges, cause: Cause): Promise<UpdateOutcome> {
    return this.change(userId, itemId, changes, cause);
  }

  /** @returns whether an item was deleted */
  async delete(userId: string, itemId: number, cause: Cause): Promise<boolean> {
    return (await this.sql.row(DELETE, { userId, itemId, ...cause })) !== undefined;
  }

  /** Updates the sort keys and client copies of items after an import has changed series or volumes. */
  async refreshSortKeys(externalIds: readonly string[]): Promise<void> {
    await this.sql.rows(REFRESH_SORT_KEYS, { externalIds });
  }
}
