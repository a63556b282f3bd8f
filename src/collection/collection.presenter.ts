import type { StatsRow } from './collection-item.repository.js';
import type { ItemRow } from './item-statements.js';
import type { CollectionStatsDto, ItemDto } from './collection.dto.js';

/** Totals of a collection. The sum is exact in the database; a double is exact enough for its 14 digits. */
export function presentStats(row: StatsRow): CollectionStatsDto {
  return {
    total_items: row.total_items,
    total_spent: row.total_spent,
    totals: row.totals,
    first_buy: row.first_buy,
    last_buy: row.last_buy,
  };
}

export function presentItem(row: ItemRow): ItemDto {
  return {
    item_id: row.item_id,
    volume_id: row.volume_id,
    state: row.state,
    buy_date: row.buy_date,
    price: row.price,
    currency: row.currency,
    condition: row.condition,
    place: row.place,
    notes: row.notes,
    client: row.client,
  };
}
