import { sql } from 'kysely';
import { isEnabledClient } from '../clients/client-filter.js';
import { anyOf } from '../database/expressions.js';
import { ONE_ROW } from '../database/page.js';
import { type RowOf, statement, tables } from '../database/statement.js';
import {
  type Cause,
  type LogEntities,
  NO_FIELDS,
  takeNumber,
  writeEvent,
} from '../reader-log/log-statements.js';
import type { CollectionItemSchema } from './collection-item.entity.js';
import { CHANGE, EVENT, ITEM_COLUMNS, itemFields } from './item-columns.js';

const db = tables<LogEntities | typeof CollectionItemSchema>();

export const FIND_BY_VOLUME = statement(
  'collection.find-by-volume',
  ({ userId, volumeId }: { userId: string; volumeId: number }) =>
    db
      .selectFrom('collection_items as i')
      .select(ITEM_COLUMNS)
      .where('i.user_id', '=', userId)
      .where('i.volume_id', '=', volumeId),
);

export const ITEMS_OF_VOLUMES = statement(
  'collection.items-of-volumes',
  ({ userId, volumeIds }: { userId: string; volumeIds: readonly number[] }) =>
    db
      .selectFrom('collection_items as i')
      .select(ITEM_COLUMNS)
      .where('i.user_id', '=', userId)
      .where('i.volume_id', '=', anyOf(volumeIds, 'int[]')),
);

/** An item. */
export type ItemRow = RowOf<typeof FIND_BY_VOLUME>;

export const KNOWS_CLIENT = statement('collection.knows-client', ({ client }: { client: number }) =>
  ONE_ROW.select(isEnabledClient(client).as('known')),
);

export const DELETE = statement(
  'collection.delete',
  (p: { readonly userId: string; readonly itemId: number } & Cause) =>
    db
      .with('target', (query) => query.selectNoFrom(sql.lit(1).as('one')))
      .with('counter', (query) => takeNumber(query, p.userId))
      .with('written', (query) =>
        query
          .deleteFrom('collection_items as i')
          .using('counter')
          .where('i.user_id', '=', p.userId)
          .where('i.id', '=', p.itemId)
          .returningAll('i'),
      )
      .with('logged', (query) =>
        writeEvent(query, p.userId, p, CHANGE, {
          ...EVENT,
          action: 'delete',
          before: itemFields('written'),
          after: NO_FIELDS,
        }),
      )
      .selectFrom('written')
      .select('id'),
);
