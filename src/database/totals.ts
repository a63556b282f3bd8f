import { type Expression, type RawBuilder } from 'kysely';
import type { TotalSchema } from './counters.entity.js';
import { asCount } from './expressions.js';
import { tables } from './statement.js';

const db = tables<typeof TotalSchema>();

/** The current value of a counter of the statistics, for example of `users`. */
export function totalOf(kind: Expression<string>): RawBuilder<number> {
  return asCount(
    db
      .selectFrom('totals')
      .select((eb) => eb.fn.sum('value').as('value'))
      .where('kind', '=', kind),
  );
}
