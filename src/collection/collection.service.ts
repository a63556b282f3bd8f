import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CatalogChanges } from '../catalog/catalog-changes.js';
import { volumeNotFound } from '../catalog/catalog.errors.js';
import { readingLanguage } from '../catalog/languages.js';
import type { VolumeRow } from '../catalog/volume-projection.js';
import { unknownClient } from '../clients/clients.errors.js';
import type { EventRow } from '../reader-log/event-statements.js';
import { type Cause, requestBy } from '../reader-log/log-statements.js';
import { UndoHandlers } from '../reader-log/undo.js';
import { presentItem } from './collection.presenter.js';
import type { ItemRow } from './item-statements.js';
import { CollectionItemRepository, type StatsRow } from './collection-item.repository.js';
import type { CollectionQuery, UpdateCollectionItemDto, CreateCollectionItemDto } from './collection.dto.js';
import { itemNotFound, volumeOwned } from './collection.errors.js';

/** The volumes that users own. */
@Injectable()
export class CollectionService implements OnModuleInit {
  constructor(
    private readonly items: CollectionItemRepository,
    private readonly changes: CatalogChanges,
    private readonly undo: UndoHandlers,
  ) {}

  onModuleInit(): void {
    this.undo.register('item', (userId, event, cause) => this.undoChange(userId, event, cause));
    this.changes.register((externalIds) => this.items.refreshSortKeys(externalIds));
  }

  /** A page of the owner's collection. @throws unknownClient */
  async list(userId: string, query: CollectionQuery): Promise<{ total: number; rows: VolumeRow[] }> {
    const { order = 'name-asc', search, client, limit, offset } = query;
    const language = readingLanguage(query.user_lang);
    const page = await this.items.page({ userId, client, search, order, language, limit, offset });
    if (!page.clientKnown) throw unknownClient();
    return page;
  }

  /** @throws unknownClient */
  async stats(userId: string, client: number): Promise<StatsRow> {
    const outcome = await this.items.stats(userId, client);
    if (outcome.kind === 'no-client') throw unknownClient();
    return outcome.stats;
  }

  /** @throws unknownClient, volumeNotFound, volumeOwned */
  async add(userId: string, volumeId: number, item: CreateCollectionItemDto): Promise<ItemRow> {
    const outcome = await this.items.add(userId, volumeId, item, requestBy(item.client));
    if (outcome.kind === 'no-client') throw unknownClient();
    if (outcome.kind === 'no-volume') throw volumeNotFound();
    if (outcome.kind === 'exists') throw volumeOwned({ fields: { item: presentItem(outcome.item) } });
    return outcome.item;
  }

  /** @throws itemNotFound, also for another user's item */
  async update(userId: string, itemId: number, changes: UpdateCollectionItemDto): Promise<ItemRow> {
    const item = await this.items.update(userId, itemId, changes, requestBy());
    if (item === undefined) throw itemNotFound();
    return item;
  }

  /** @throws itemNotFound, also for another user's item */
  async delete(userId: string, itemId: number): Promise<void> {
    if (!(await this.items.delete(userId, itemId, requestBy()))) throw itemNotFound();
  }

  /** @returns false if the item is not as the event left it */
  private async undoChange(userId: string, event: EventRow, cause: Cause): Promise<boolean> {
    const { resource_id: itemId, volume_id: volumeId, action } = event;
    if (itemId === null || volumeId === null) return false;
    if (action === 'add') return this.items.delete(userId, itemId, cause);
    const current = await this.items.findByVolume(userId, volumeId);
    // The columns of an event contain what this feature has written; an update only the changed fields.
    const { client, price, buy_date: date } = { ...current, ...event.before } as ItemRow;
    if (action === 'update') {
      return (
        current !== undefined &&
        (await this.items.update(userId, itemId, { price, date }, cause)) !== undefined
      );
    }
    const outcome = await this.items.add(userId, volumeId, { client, price, date }, cause, itemId);
    return outcome.kind === 'written';
  }
}
