import { Injectable } from '@nestjs/common';
import type { Viewer } from '../access/access.js';
import { failureOf, parseItem, requireAll } from '../bulk/bulk-items.js';
import { unknownClient } from '../clients/clients.errors.js';
import { parseId } from '../http/ids.js';
import { type Cause, requestBy } from '../reader-log/log-statements.js';
import { ReaderLog } from '../reader-log/reader-log.js';
import {
  type CollectionBulkDto,
  type CollectionBulkResultDto,
  ITEM_OPERATIONS,
  type ItemOperation,
  type ItemResultDto,
} from './bulk.dto.js';
import { noItemChanged } from './bulk.errors.js';
import { CollectionItemRepository } from './collection-item.repository.js';
import { itemNotFound } from './collection.errors.js';
import { ADDED, DELETED, UPDATED } from './collection.messages.js';
import type { ItemRow } from './item-statements.js';
import { writtenItem } from './written-item.js';

/** The message of the single request, and the item after it. */
interface Applied {
  readonly message: string;
  readonly item: Pick<ItemRow, 'item_id' | 'volume_id'> | null;
}

/** Applies many changes of a collection in one transaction. */
@Injectable()
export class CollectionBulkService {
  constructor(
    private readonly items: CollectionItemRepository,
    private readonly log: ReaderLog,
  ) {}

  /** @throws unknownClient, noItemChanged */
  async run(
    viewer: Viewer,
    { client, atomic = false, device, items }: CollectionBulkDto,
  ): Promise<CollectionBulkResultDto> {
    const { userId } = viewer;
    return this.log.exclusively(userId, async () => {
      if (!(await this.items.knowsClient(client))) throw unknownClient();
      const id = await this.log.take(userId);
      const cause: Cause = { ...requestBy(viewer, client, device ?? null), origin: 'bulk', originId: id };
      const results: ItemResultDto[] = [];
      for (const [index, item] of items.entries()) {
        results.push(await this.resultOf(userId, client, cause, item, index));
      }
      requireAll(results, atomic, noItemChanged);
      return { id, results };
    });
  }

  private async resultOf(
    userId: string,
    client: number,
    cause: Cause,
    value: unknown,
    index: number,
  ): Promise<ItemResultDto> {
    const target = {
      index,
      op: operationOf(value),
      volume_id: idIn(value, 'volume_id', 2_147_483_647),
      item_id: idIn(value, 'item_id', Number.MAX_SAFE_INTEGER),
    };
    try {
      const parsed = await parseItem<ItemOperation>(value, ITEM_OPERATIONS);
      if (parsed.kind === 'invalid') throw parsed.error;
      const { message, item } = await this.apply(userId, client, cause, parsed.item);
      const ids = item === null ? {} : { volume_id: item.volume_id, item_id: item.item_id };
      return { ...target, ...ids, code: 200, data: message, errors: null };
    } catch (error) {
      const { code, data, errors, fields } = failureOf(error);
      return { ...target, code, data, errors, ...fields };
    }
  }

  private async apply(userId: string, client: number, cause: Cause, item: ItemOperation): Promise<Applied> {
    if (item.op === 'add') {
      const volumeId = parseId(item.volume_id) ?? 0;
      const outcome = await this.items.add(userId, volumeId, { ...item, client }, cause);
      return { message: ADDED, item: writtenItem(outcome) };
    }
    if (item.op === 'update') {
      const outcome = await this.items.update(userId, item.item_id, item, cause);
      return { message: UPDATED, item: writtenItem(outcome) };
    }
    if (!(await this.items.delete(userId, item.item_id, cause))) throw itemNotFound();
    return { message: DELETED, item: null };
  }
}

/** The operation of an item; null if it is unknown. */
function operationOf(item: unknown): string | null {
  const op = (item as { op?: unknown } | null)?.op;
  return typeof op === 'string' && Object.hasOwn(ITEM_OPERATIONS, op) ? op : null;
}

/** An id that an item names; null if it names none. */
function idIn(item: unknown, name: 'volume_id' | 'item_id', max: number): number | null {
  const id = (item as Partial<Record<string, unknown>> | null)?.[name];
  return typeof id === 'number' ? parseId(id, max) || null : null;
}
