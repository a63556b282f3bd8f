import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Viewer } from '../access/access.js';
import { CatalogChanges } from '../catalog/catalog-changes.js';
import { readingLanguage } from '../catalog/languages.js';
import type { VolumeRow } from '../catalog/volume-projection.js';
import { Config } from '../config.js';
import { unknownClient } from '../clients/clients.errors.js';
import type { EventRow } from '../reader-log/event-statements.js';
import { type Cause, requestBy } from '../reader-log/log-statements.js';
import type { UndoClients } from '../reader-log/undo-clients.js';
import { UndoHandlers } from '../reader-log/undo.js';
import type { ItemRow } from './item-statements.js';
import { writtenItem } from './written-item.js';
import type { ItemState } from '../catalog/item-states.js';
import { CollectionItemRepository, type ItemChanges, type StatsRow } from './collection-item.repository.js';
import type {
  CollectionQuery,
  CollectionStatsQuery,
  CreateCollectionItemDto,
  UpdateCollectionItemDto,
} from './collection.dto.js';
import { itemNotFound } from './collection.errors.js';

/** The states of the items that lists and statistics are about unless the request names others. */
const OWNED: readonly ItemState[] = ['owned'];

/** What events of earlier versions lack: items had neither states nor notes, and the default currency. */
const BEFORE_STATES = { state: 'owned', condition: null, place: null, notes: null };

/** The volumes on users' shelves. */
@Injectable()
export class CollectionService implements OnModuleInit {
  constructor(
    private readonly items: CollectionItemRepository,
    private readonly changes: CatalogChanges,
    private readonly undo: UndoHandlers,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.undo.register('item', (...change) => this.undoChange(...change));
    this.changes.register((externalIds) => this.items.refreshSortKeys(externalIds));
  }

  /** A page of the owner's collection. @throws unknownClient */
  async list(userId: string, query: CollectionQuery): Promise<{ total: number; rows: VolumeRow[] }> {
    const { order = 'name-asc', state: states = OWNED, search, client, limit, offset } = query;
    const language = readingLanguage(query.user_lang);
    const page = await this.items.page({ userId, client, states, search, order, language, limit, offset });
    if (!page.clientKnown) throw unknownClient();
    return page;
  }

  /** @throws unknownClient */
  async stats(userId: string, { client, state: states = OWNED }: CollectionStatsQuery): Promise<StatsRow> {
    const outcome = await this.items.stats(userId, client, states);
    if (outcome.kind === 'no-client') throw unknownClient();
    return outcome.stats;
  }

  /** @throws unknownClient, priceTooPrecise, volumeNotFound, volumeOwned */
  async add(viewer: Viewer, volumeId: number, item: CreateCollectionItemDto): Promise<ItemRow> {
    return writtenItem(await this.items.add(viewer.userId, volumeId, item, requestBy(viewer, item.client)));
  }

  /** @throws priceTooPrecise, itemNotFound, also for another user's item */
  async update(viewer: Viewer, itemId: number, changes: UpdateCollectionItemDto): Promise<ItemRow> {
    return writtenItem(await this.items.update(viewer.userId, itemId, changes, requestBy(viewer)));
  }

  /** @throws itemNotFound, also for another user's item */
  async delete(viewer: Viewer, itemId: number): Promise<void> {
    if (!(await this.items.delete(viewer.userId, itemId, requestBy(viewer)))) throw itemNotFound();
  }

  /** The user's items of several volumes, by volume. */
  async ofVolumes(userId: string, volumeIds: readonly number[]): Promise<Map<number, ItemRow>> {
    return this.items.ofVolumes(userId, volumeIds);
  }

  /**
   * Adds or updates an item, in a transaction that holds the counter.
   *
   * @param itemId of the item that is updated; null for a new one
   */
  async put(
    userId: string,
    volumeId: number,
    itemId: number | null,
    item: ItemChanges,
    cause: Cause,
  ): Promise<void> {
    const client = cause.clientId ?? 0;
    if (itemId === null) await this.items.add(userId, volumeId, { ...item, client }, cause);
    else await this.items.update(userId, itemId, item, cause);
  }

  /** @returns false if the item is not as the event left it */
  private async undoChange(
    userId: string,
    event: EventRow,
    cause: Cause,
    clients: UndoClients,
  ): Promise<boolean> {
    const { resource_id: itemId, volume_id: volumeId, action } = event;
    if (itemId === null || volumeId === null) return false;
    if (action === 'add') return this.items.delete(userId, itemId, cause);
    const current = await this.items.findByVolume(userId, volumeId);
    const client = await clients.of(event, current?.client);
    if (client === null) return false;
    // The columns of an event contain what this feature has written; an update only the changed fields.
    const { buy_date: date, ...before } = {
      ...BEFORE_STATES,
      currency: this.config.defaultCurrency,
      ...current,
      ...event.before,
      client,
    } as ItemRow;
    if (action === 'update') {
      if (current === undefined) return false;
      return (await this.items.update(userId, itemId, { ...before, date }, cause)).kind === 'written';
    }
    const outcome = await this.items.add(userId, volumeId, { ...before, date }, cause, itemId);
    return outcome.kind === 'written';
  }
}
