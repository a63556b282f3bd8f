import { sql } from 'kysely';
import { anyOf, asCount } from '../database/expressions.js';
import { ONE_ROW, pageQuery } from '../database/page.js';
import { type RowOf, statement, statementFamily, tables } from '../database/statement.js';
import type { ImportKey } from './import-statements.js';
import type { ImportRowSchema, ImportSchema, RowOutcome } from './imports.entity.js';

const db = tables<typeof ImportRowSchema | typeof ImportSchema>();

/** Condition for rows (`r`) that are applied: they are matched, and the reader has not left them out. */
const IS_MATCHED = sql<boolean>`(r.series_id is not null and not r.is_skipped)`;

const MATCHED_COLUMNS = ['r.number', 'r.content', 'r.series_id', 'r.volume_id', 'r.position'] as const;

/**
 * Stores rows as the file has them, while the import is being read. A row that is stored is kept: a repeated job reads
 * the same rows.
 *
 * @param rows JSON array of objects with `number` and `content`
 */
export const ADD_ROWS = statement('imports.add-rows', (p: ImportKey & { readonly rows: string }) =>
  db
    .with('held', (query) =>
      query
        .selectFrom('imports as i')
        .select('i.id')
        .where('i.user_id', '=', p.userId)
        .where('i.id', '=', p.id)
        .where('i.state', '=', sql.lit('reading'))
        .forNoKeyUpdate(),
    )
    .insertInto('import_rows')
    .columns(['user_id', 'import_id', 'number', 'content'])
    .expression(
      sql`select ${p.userId}, held.id, n.number, n.content
        from held cross join json_to_recordset(${p.rows}::json) as n (number int, content json)` as never,
    )
    .onConflict((conflict) => conflict.columns(['user_id', 'import_id', 'number']).doNothing()),
);

/** The next rows that are not matched. */
export const UNMATCHED_ROWS = statement(
  'imports.unmatched-rows',
  (p: ImportKey & { readonly after: number; readonly limit: number }) =>
    db
      .selectFrom('import_rows as r')
      .select(['r.number', 'r.content'])
      .where('r.user_id', '=', p.userId)
      .where('r.import_id', '=', p.id)
      .where('r.number', '>', p.after)
      .where('r.outcome', 'is', null)
      .orderBy('r.number')
      .limit(p.limit),
);

interface Matches {
  /** JSON array of objects with the columns below. */
  readonly rows: string;
  /** Whether matched rows stay: the reader may have decided them while a run whose lease has ended went on. */
  readonly onlyNew: boolean;
}

/** Stores the matches of rows. */
export const SET_MATCHES = statement('imports.set-matches', (p: ImportKey & Matches) =>
  db
    .updateTable('import_rows as r')
    .from(
      sql<{
        number: number;
        outcome: RowOutcome;
        reason: string | null;
        candidates: never;
        series_id: number | null;
        volume_id: number | null;
        position: number | null;
      }>`jsonb_to_recordset(${p.rows}::jsonb)`.as<'m'>(
        sql`m (number int, outcome text, reason text, candidates jsonb, series_id int, volume_id int, position numeric)`,
      ),
    )
    .set(
      (eb) =>
        ({
          outcome: eb.ref('m.outcome'),
          reason: eb.ref('m.reason'),
          candidates: eb.ref('m.candidates'),
          series_id: eb.ref('m.series_id'),
          volume_id: eb.ref('m.volume_id'),
          position: eb.ref('m.position'),
          is_skipped: sql.lit(false),
          before: sql`null`,
          after: sql`null`,
        }) as never,
    )
    .where('r.user_id', '=', p.userId)
    .where('r.import_id', '=', p.id)
    .whereRef('r.number', '=', 'm.number')
    .where(({ eb, or }) => or([eb('r.outcome', 'is', null), sql<boolean>`not ${p.onlyNew}::boolean`])),
);

/** All rows of the next series, in the order of series, at least `limit` if there are as many. */
export const NEXT_SERIES = statementFamily(
  'imports.next-series',
  (
    { notInRun }: { readonly notInRun: boolean },
    p: ImportKey & { readonly after: number; readonly limit: number; readonly run: number },
  ) =>
    db
      .selectFrom('import_rows as r')
      .select(MATCHED_COLUMNS)
      .where('r.user_id', '=', p.userId)
      .where('r.import_id', '=', p.id)
      .where('r.series_id', '>', p.after)
      .where(IS_MATCHED)
      .$if(notInRun, (some) => some.where('r.run', '<>', p.run))
      .orderBy('r.series_id')
      .modifyEnd(sql`fetch first (${p.limit}::int) rows with ties`),
);

/** A matched row. */
export type MatchedRowData = RowOf<ReturnType<typeof NEXT_SERIES.of>>;

export const ROWS_OF_SERIES = statement(
  'imports.rows-of-series',
  (p: ImportKey & { readonly seriesIds: readonly number[] }) =>
    db
      .selectFrom('import_rows as r')
      .select(MATCHED_COLUMNS)
      .where('r.user_id', '=', p.userId)
      .where('r.import_id', '=', p.id)
      .where('r.series_id', '=', anyOf(p.seriesIds, 'int[]'))
      .where(IS_MATCHED),
);

/**
 * Stores what rows change.
 *
 * @param rows JSON array of objects with the columns below
 * @param run of rows that are applied; null keeps it
 */
export const SET_PLANS = statement(
  'imports.set-plans',
  (p: ImportKey & { readonly rows: string; readonly run: number | null }) =>
    db
      .updateTable('import_rows as r')
      .from(
        sql<{ number: number; outcome: RowOutcome; reason: string | null; before: never; after: never }>`
          json_to_recordset(${p.rows}::json)`.as<'m'>(
          sql`m (number int, outcome text, reason text, before json, after json)`,
        ),
      )
      .set((eb) => ({
        outcome: eb.ref('m.outcome'),
        reason: eb.ref('m.reason'),
        before: eb.ref('m.before'),
        after: eb.ref('m.after'),
        run: sql<number>`coalesce(${p.run}::int, r.run)`,
      }))
      .where('r.user_id', '=', p.userId)
      .where('r.import_id', '=', p.id)
      .whereRef('r.number', '=', 'm.number'),
);

/** The number of rows that an application takes. */
export const COUNT_MATCHED = statement('imports.count-matched', ({ userId, id }: ImportKey) =>
  db
    .selectFrom('import_rows as r')
    .select((eb) => asCount(eb.fn.countAll()).as('count'))
    .where('r.user_id', '=', userId)
    .where('r.import_id', '=', id)
    .where(IS_MATCHED),
);

const ROW_COLUMNS = [
  'r.number',
  'r.content',
  'r.outcome',
  'r.reason',
  'r.candidates',
  'r.series_id',
  'r.before',
  'r.after',
] as const;

export const FIND_ROW = statement('imports.find-row', (p: ImportKey & { readonly number: number }) =>
  db
    .selectFrom('import_rows as r')
    .select(ROW_COLUMNS)
    .where('r.user_id', '=', p.userId)
    .where('r.import_id', '=', p.id)
    .where('r.number', '=', p.number),
);

/** A row of an import. */
export type RowData = RowOf<typeof FIND_ROW>;

/** The settings that a run has changed, whose row has their former values. */
export const SETTINGS_OF_RUN = statement(
  'imports.settings-of-run',
  (p: ImportKey & { readonly run: number }) =>
    db
      .selectFrom('import_rows as r')
      .select(ROW_COLUMNS)
      .where('r.user_id', '=', p.userId)
      .where('r.import_id', '=', p.id)
      .where('r.series_id', '=', sql.lit(0))
      .where('r.run', '=', p.run)
      .where('r.outcome', '=', sql.lit('change'))
      .orderBy('r.number', 'desc'),
);

/** Leaves a row out. */
export const SKIP_ROW = statement('imports.skip-row', (p: ImportKey & { readonly number: number }) =>
  db
    .updateTable('import_rows as r')
    .set({
      is_skipped: sql.lit(true),
      outcome: sql.lit('skip'),
      reason: sql`null`,
      before: sql`null`,
      after: sql`null`,
    } as never)
    .where('r.user_id', '=', p.userId)
    .where('r.import_id', '=', p.id)
    .where('r.number', '=', p.number),
);

interface RowSelection extends ImportKey {
  readonly outcome: RowOutcome;
  readonly limit: number;
  readonly offset: number;
}

export const ROW_PAGE = statementFamily(
  'imports.row-page',
  ({ filters }: { readonly filters: boolean }, p: RowSelection) => {
    const rows = db
      .selectFrom('import_rows as r')
      .where('r.user_id', '=', p.userId)
      .where('r.import_id', '=', p.id)
      .$if(filters, (some) => some.where('r.outcome', '=', p.outcome as never))
      .where('r.outcome', 'is not', null);
    return pageQuery(
      ONE_ROW,
      () => ({ total: rows.select((eb) => asCount(eb.fn.countAll()).as('total')) }),
      () =>
        rows
          .select(ROW_COLUMNS)
          .select('r.number as position')
          .orderBy('r.number')
          .limit(p.limit)
          .offset(p.offset) as never,
    );
  },
);
