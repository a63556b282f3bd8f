import { sql } from 'kysely';
import type { ItemState } from '../catalog/item-states.js';
import { isEnabledClient } from '../clients/client-filter.js';
import { asCount, isoDate } from '../database/expressions.js';
import { statement, tables } from '../database/statement.js';
import type { CollectionItemSchema, CollectionTotalSchema } from './collection-item.entity.js';
import { belongsToOwner } from './collection-page.js';
import { currencyOfReader } from './purchase.js';

const db = tables<typeof CollectionItemSchema | typeof CollectionTotalSchema>();

interface StatsParameters {
  readonly userId: string;
  readonly client: number;
  readonly states: readonly ItemState[];
  readonly defaultCurrency: string;
}

/** The sums by currency as JSON, so that the totals are one row. */
export const STATS = statement('collection.stats', (p: StatsParameters) => {
  const items = db.selectFrom('collection_items as i').where(belongsToOwner('i', p));
  const sums = db
    .selectFrom('collection_totals as c')
    .select((eb) => [
      'c.currency',
      sql<number>`${eb.fn.sum('c.items')}::int`.as('items'),
      eb.fn.sum<number>('c.spent').as('spent'),
    ])
    .where(belongsToOwner('c', p))
    .groupBy('c.currency')
    .having((eb) => eb(eb.fn.sum('c.items'), '>', sql.lit(0)));
  return db.selectFrom(sums.as('t')).select((eb) => [
    asCount(eb.fn.sum('t.items')).as('total_items'),
    sql<number>`coalesce(sum(t.spent) filter (where t.currency = ${currencyOfReader(p)}), 0)`.as(
      'total_spent',
    ),
    sql<CurrencyTotal[]>`coalesce(json_agg(json_build_object('currency', t.currency, 'items', t.items,
        'spent', t.spent) order by t.currency), '[]')`.as('totals'),
    items.select((item) => isoDate(item.fn.min<string | null>('i.buy_date')).as('date')).as('first_buy'),
    items.select((item) => isoDate(item.fn.max<string | null>('i.buy_date')).as('date')).as('last_buy'),
    isEnabledClient(p.client).as('client_known'),
  ]);
});

/** The items whose prices are in one currency. */
interface CurrencyTotal {
  readonly currency: string;
  readonly items: number;
  readonly spent: number;
}
