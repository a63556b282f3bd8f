import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { DailyCountSchema, TotalSchema } from '../../database/counters.entity.js';
import { anyOf } from '../../database/expressions.js';
import { Sql } from '../../database/sql.js';
import { statement, tables } from '../../database/statement.js';

const DAYS = 30;
const KINDS = ['users', 'sign_ins', 'entries', 'ratings', 'items', 'photos'] as const;

type Counters = Record<(typeof KINDS)[number], number>;

/** Current totals, and what was added on each of the last 30 days, oldest first. */
export interface Statistics {
  readonly totals: Counters & { readonly storage_bytes: number };
  readonly days: readonly (Counters & { readonly date: string })[];
}

const db = tables<typeof TotalSchema | typeof DailyCountSchema>();

const TOTALS = statement('statistics.totals', ({ kinds }: { kinds: readonly string[] }) =>
  db
    .selectFrom('totals')
    .select((eb) => ['kind', sql<number>`${eb.fn.sum('value')}::float8`.as('value')])
    .where('kind', '=', anyOf(kinds, 'text[]'))
    .groupBy('kind'),
);

const TODAY = sql<string>`(current_timestamp at time zone 'UTC')::date`;

const DAILY = statement('statistics.days', () =>
  db
    // Kysely has no form for a table function.
    .selectFrom(
      sql<{ day: string }>`generate_series(${TODAY} - ${sql.lit(DAYS - 1)}, ${TODAY}, '1 day')`.as<'date'>(
        sql`date (day)`,
      ),
    )
    .leftJoin(
      (eb) =>
        eb
          .selectFrom('daily_counts')
          .select((sum) => ['day', 'kind', sum.fn.sum<number>('value').as('value')])
          .where('day', '>', sql<string>`${TODAY} - ${sql.lit(DAYS)}`)
          .groupBy(['day', 'kind'])
          .as('added'),
      (join) => join.onRef('added.day', '=', 'date.day'),
    )
    .select([
      sql<string>`to_char(date.day, 'YYYY-MM-DD')`.as('date'),
      'added.kind',
      sql<number>`coalesce(added.value, 0)::float8`.as('value'),
    ])
    .orderBy('date.day'),
);

@Injectable()
export class StatisticsRepository {
  constructor(private readonly sql: Sql) {}

  /** Adds up the rows of the counters, without reading the counted tables. */
  async get(): Promise<Statistics> {
    const [totals, added] = await Promise.all([
      this.sql.rows(TOTALS, { kinds: [...KINDS, 'storage_bytes'] }),
      this.sql.rows(DAILY, {}),
    ]);
    const days = [...Map.groupBy(added, ({ date }) => date)].map(([date, rows]) => ({
      date,
      ...countersOf(rows),
    }));
    const storage = totals.find(({ kind }) => kind === 'storage_bytes')?.value ?? 0;
    return { totals: { ...countersOf(totals), storage_bytes: storage }, days };
  }
}

function countersOf(rows: readonly { readonly kind: string | null; readonly value: number }[]): Counters {
  const values = new Map(rows.map(({ kind, value }) => [kind, value]));
  return Object.fromEntries(KINDS.map((kind) => [kind, values.get(kind) ?? 0])) as Counters;
}
