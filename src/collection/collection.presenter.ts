import type { StatsRow } from './collection-item.repository.js';
import type { CollectionStatsDto } from './collection.dto.js';

/** Totals of a collection. The sum is exact in the database; a double is exact enough for its 14 digits. */
export function presentStats(row: StatsRow): CollectionStatsDto {
  return {
    total_items: row.total_items,
    total_spent: row.total_spent,
    first_buy: row.first_buy,
    last_buy: row.last_buy,
  };
}
