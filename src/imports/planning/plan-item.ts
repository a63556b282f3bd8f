import type { ItemState } from '../../catalog/item-states.js';
import { MAX_PRICE } from '../../collection/is-price.js';
import { isAmountOf } from '../../currencies.js';
import type { ImportedItem } from '../formats/imported-row.js';
import { longer } from './file-entry.js';
import type { Strategy } from './plan-entry.js';

/** An item of the reader's collection. */
export interface ListedItem {
  /** Null for an item that is not stored yet. */
  readonly id: number | null;
  readonly state: ItemState;
  readonly price: number;
  readonly currency: string;
  /** Null for the day of the import; of a wanted item for none. */
  readonly date: string | null;
  readonly condition: string | null;
  readonly place: string | null;
  readonly notes: string | null;
}

/** From a wish to a purchase. */
const PROGRESS: readonly ItemState[] = ['wanted', 'ordered', 'owned'];

/** A new item. A price that its currency cannot have is lost, as other invalid fields are. */
export function newItem(file: ImportedItem, ownCurrency: string): ListedItem {
  const { state, condition, place, notes } = file;
  const unpaid = { price: 0, currency: file.currency ?? ownCurrency };
  return { id: null, state, date: dateIn(state, file, null), condition, place, notes, ...paid(file, unpaid) };
}

/** The item after a row of a file. */
export function planItem(before: ListedItem, file: ImportedItem, strategy: Strategy): ListedItem {
  if (strategy === 'skip') return before;
  const filled = {
    ...before,
    condition: before.condition ?? file.condition,
    place: before.place ?? file.place,
    notes: before.notes ?? file.notes,
  };
  if (strategy === 'fill') return filled;
  if (strategy === 'replace') {
    return {
      ...withPurchase(before, file),
      condition: file.condition ?? before.condition,
      place: file.place ?? before.place,
      notes: file.notes ?? before.notes,
    };
  }
  const notes = longer(before.notes, file.notes);
  const isFurther = PROGRESS.indexOf(file.state) > PROGRESS.indexOf(before.state);
  return { ...(isFurther ? withPurchase(filled, file) : filled), notes };
}

export function isSameItem(one: ListedItem, other: ListedItem): boolean {
  return (Object.keys(one) as (keyof ListedItem)[]).every((name) => one[name] === other[name]);
}

function withPurchase(item: ListedItem, file: ImportedItem): ListedItem {
  return { ...item, state: file.state, date: dateIn(file.state, file, item.date), ...paid(file, item) };
}

function dateIn(state: ItemState, file: ImportedItem, stored: string | null): string | null {
  return state === 'wanted' ? null : (file.buyDate ?? stored);
}

/** Price and currency of the file together, or those that the item has. */
function paid({ price, currency }: ImportedItem, item: Pick<ListedItem, 'price' | 'currency'>) {
  const named = currency ?? item.currency;
  const isPrice = price !== null && price >= 0 && price <= MAX_PRICE && isAmountOf(named, price);
  return isPrice ? { price, currency: named } : { price: item.price, currency: item.currency };
}
