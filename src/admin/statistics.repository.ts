import { Injectable } from '@nestjs/common';
import { Sql, statement } from '../database/sql.js';

const DAYS = 30;
const KINDS = ['users', 'sign_ins', 'entries', 'ratings', 'items', 'photos'] as const;

type Counts = Record<(typeof KINDS)[number], number>;

/** How much there is, and what was added on each of the last days, the oldest first. */
export interface Statistics {
  readonly totals: Counts & { readonly storage_bytes: number };
  readonly days: readonly (Counts & { readonly date: string })[];
}

// Sums of the counters' few rows; the tables that they count are not looked at.
const TOTALS = statement(
  'statistics.totals',
  'select kind, sum(value)::float8 as value from totals where kind = any($1::text[]) group by kind',
);

const DAILY = statement(
  'statistics.days',
  `select to_char(date.day, 'YYYY-MM-DD') as date, added.kind, coalesce(added.value, 0)::float8 as value
   from generate_series(
     (current_timestamp at time zone 'UTC')::date - ${DAYS - 1}, (current_timestamp at time zone 'UTC')::date, '1 day'
   ) as date (day)
   left join (
     select day, kind, sum(value) as value from daily_counts
     where day > (current_timestamp at time zone 'UTC')::date - ${DAYS} group by day, kind
   ) as added on added.day = date.day
   order by date.day`,
);

@Injectable()
export class StatisticsRepository {
  constructor(private readonly sql: Sql) {}

  async get(): Promise<Statistics> {
    const [totals, added] = await Promise.all([
      this.sql.rows<{ kind: string; value: number }>(TOTALS, [[...KINDS, 'storage_bytes']]),
      this.sql.rows<{ date: string; kind: string | null; value: number }>(DAILY),
    ]);
    const days = [...Map.groupBy(added, ({ date }) => date)].map(([date, rows]) => ({
      date,
      ...countsOf(rows),
    }));
    const storage = totals.find(({ kind }) => kind === 'storage_bytes')?.value ?? 0;
    return { totals: { ...countsOf(totals), storage_bytes: storage }, days };
  }
}

function countsOf(rows: readonly { kind: string | null; value: number }[]): Counts {
  const values = new Map(rows.map(({ kind, value }) => [kind, value]));
  return Object.fromEntries(KINDS.map((kind) => [kind, values.get(kind) ?? 0])) as Counts;
}
