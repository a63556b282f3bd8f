import { Injectable } from '@nestjs/common';
import { isTranslated } from '../catalog/series-projection.js';
import type { VolumeRow } from '../catalog/volume-projection.js';
import { Sql } from '../database/sql.js';
import type { RowOf } from '../database/statement.js';
import { searchParameters, searchVariant } from '../search/conditions.js';
import { containing, type SearchForm, searchTerm, searchWithFallback } from '../search/fold.js';
import { COLLECTION_PAGE } from './collection-page.js';
import type { CollectionOrder, UpdateCollectionItemDto, CreateCollectionItemDto } from './collection.dto.js';
import { isbnDigits } from './isbn.js';
import type { Cause } from '../reader-log/log-statements.js';
import { ADD, DELETE, FIND_BY_VOLUME, KNOWS_CLIENT, type ItemRow, STATS, UPDATE } from './item-statements.js';
import { REFRESH_SORT_KEYS } from './refresh-sort-keys.js';

/** Filters, order and range of a page. */
export interface CollectionSelection {
  readonly userId: string;
  readonly client: number;
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

export type StatsOutcome =
  { readonly kind: 'found'; readonly stats: StatsRow } | { readonly kind: 'no-client' };

/** Outcome of adding a volume. */
export type AddOutcome =
  | { readonly kind: 'written' | 'exists'; readonly item: ItemRow }
  | { readonly kind: 'no-volume' }
  | { readonly kind: 'no-client' };

@Injectable()
export class CollectionItemRepository {
  constructor(private readonly sql: Sql) {}

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
        isIndexed: searchVariant(form).by === 'trigrams',
      },
      isTranslated: isTranslated(parameters.language),
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

  async stats(userId: string, client: number): Promise<StatsOutcome> {
    const stats = await this.sql.row(STATS, { userId, client });
    return stats?.client_known ? { kind: 'found', stats } : { kind: 'no-client' };
  }

  /**
   * Adds a volume unless the user owns it. Of concurrent calls, exactly one writes.
   *
   * @param itemId of a deleted item that an undo restores
   */
  async add(
    userId: string,
    volumeId: number,
    { client, price = 0, date }: CreateCollectionItemDto,
    cause: Cause,
    itemId: number | null = null,
  ): Promise<AddOutcome> {
    const { header, rows } = await this.sql.page(ADD, {
      userId,
      volumeId,
      client,
      price,
      date: date ?? null,
      itemId,
      ...cause,
    });
    if (!header?.client_known) return { kind: 'no-client' };
    if (!header.volume_known) return { kind: 'no-volume' };
    if (rows[0] !== undefined) return { kind: 'written', item: rows[0] };
    const item = await this.findByVolume(userId, volumeId);
    // Deleted meanwhile: then it can be added.
    return item === undefined
      ? this.add(userId, volumeId, { client, price, ...(date === undefined ? {} : { date }) }, cause, itemId)
      : { kind: 'exists', item };
  }

  /** Whether a client is registered and enabled. */
  async knowsClient(client: number): Promise<boolean> {
    return (await this.sql.row(KNOWS_CLIENT, { client }))?.known ?? false;
  }

  async findByVolume(userId: string, volumeId: number): Promise<ItemRow | undefined> {
    return this.sql.row(FIND_BY_VOLUME, { userId, volumeId });
  }

  /** @returns the item after the change; undefined if the user has no such item */
  async update(
    userId: string,
    itemId: number,
    { price, date }: UpdateCollectionItemDto,
    cause: Cause,
  ): Promise<ItemRow | undefined> {
    return (await this.sql.page(UPDATE, { userId, itemId, price, date, ...cause })).rows[0];
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
