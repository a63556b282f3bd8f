import { type RawBuilder, sql } from 'kysely';
import type { ItemState } from '../catalog/item-states.js';
import { tables } from '../database/statement.js';
import type { UserSettingsSchema } from '../settings/settings.entity.js';

const db = tables<typeof UserSettingsSchema>();

/** What decides whether a price fits its currency. */
export interface Pricing {
  /** The currency of readers who have chosen none. */
  readonly defaultCurrency: string;
  /** The currencies that have too few fraction digits for the price. */
  readonly tooCoarse: readonly string[];
}

/** The currency that the reader has chosen, or the default one. */
export function currencyOfReader({ userId, defaultCurrency }: { userId: string; defaultCurrency: string }) {
  const chosen = db
    .selectFrom('user_settings')
    .select(sql<string>`chosen ->> 'currency'`.as('currency'))
    .where('user_id', '=', userId);
  return sql<string>`coalesce(${chosen}, ${defaultCurrency}::text)`;
}

/** The date of purchase in a state: none for `wanted`, else the given one, the stored one or today (UTC). */
export function dateIn(state: RawBuilder<ItemState>, given: string | null, stored: RawBuilder<unknown>) {
  return sql<string | null>`case when ${state} <> 'wanted' then
    coalesce(${given}::date, ${stored}, (clock_timestamp() at time zone 'UTC')::date) end`;
}
