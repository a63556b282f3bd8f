import { sql } from 'kysely';
import { asCount, timestamp } from '../database/expressions.js';
import { ONE_ROW, pageQuery } from '../database/page.js';
import { type RowOf, statement, tables } from '../database/statement.js';
import type { Strategy } from './planning/plan-entry.js';
import type { ImportFileSchema, ImportRowSchema, ImportSchema, ImportState } from './imports.entity.js';

const db = tables<typeof ImportSchema | typeof ImportFileSchema | typeof ImportRowSchema>();

export interface ImportKey {
  readonly userId: string;
  readonly id: number;
}

// The clock of the database is used, because the clocks of nodes may differ.
const NOW = sql<string>`clock_timestamp()`;

/** Days after which a preview is forgotten. */
const PREVIEW_DAYS = 7;
/** Days for which an applied import can be undone. */
const UNDO_DAYS = 30;

function inDays(days: number) {
  return sql<string>`${NOW} + ${sql.lit(`${days} days`)}::interval`;
}

/** Whether an import (`i`) is kept: it has not expired, or it is at work. */
const IS_KEPT = sql<boolean>`(i.expires > ${NOW} or i.state in ('reading', 'applying'))`;

const COLUMNS = [
  'i.user_id',
  'i.id',
  'i.state',
  'i.format',
  'i.strategy',
  'i.client_id',
  'i.visibility',
  'i.scale',
  'i.keep_extras',
  'i.is_stored',
  'i.is_undo',
  'i.run',
  'i.done',
  // The header of a page has `total`.
  'i.total as row_total',
  'i.counts',
  'i.error_message',
  'i.error_line',
  timestamp('i.created').as('created'),
  timestamp('i.expires').as('expires'),
] as const;

export interface NewImport {
  readonly format: string | null;
  readonly strategy: string;
  readonly client: number;
  readonly visibility: 'private' | 'public';
  readonly scale: number | null;
  readonly keepExtras: boolean;
}

export const ADD_IMPORT = statement('imports.add', (p: ImportKey & NewImport) =>
  db.insertInto('imports').values({
    user_id: p.userId,
    id: p.id,
    state: sql.lit('reading'),
    format: sql`${p.format}`,
    strategy: sql`${p.strategy}`,
    client_id: p.client,
    visibility: p.visibility,
    scale: p.scale,
    keep_extras: p.keepExtras,
    expires: inDays(PREVIEW_DAYS),
  } as never),
);

export const ADD_FILE = statement(
  'imports.add-file',
  (p: ImportKey & { readonly part: number; readonly bytes: Buffer }) =>
    db
      .insertInto('import_files')
      .values({ user_id: p.userId, import_id: p.id, part: p.part, bytes: sql`${p.bytes}::bytea` } as never),
);

/**
 * The whole file, in one statement: another run of the job may delete it. Kysely has no form for an ordered aggregate.
 */
export const FILE = statement('imports.file', ({ userId, id }: ImportKey) =>
  db
    .selectFrom('import_files as f')
    .select(sql<Buffer | null>`string_agg(f.bytes, '' order by f.part)`.as('bytes'))
    .where('f.user_id', '=', userId)
    .where('f.import_id', '=', id),
);

function kept({ userId, id }: ImportKey) {
  return db
    .selectFrom('imports as i')
    .select(COLUMNS)
    .where('i.user_id', '=', userId)
    .where('i.id', '=', id)
    .where(IS_KEPT);
}

export const FIND_IMPORT = statement('imports.find', (p: ImportKey) => kept(p));

/** An import. */
export type ImportData = RowOf<typeof FIND_IMPORT>;

/** The import, locked until the transaction ends. */
export const LOCK_IMPORT = statement('imports.lock', (p: ImportKey) => kept(p).forUpdate());

export const IMPORT_PAGE = statement(
  'imports.page',
  (p: { readonly userId: string; readonly limit: number; readonly offset: number }) =>
    pageQuery(
      ONE_ROW,
      () => ({
        total: db
          .selectFrom('imports as i')
          .select((eb) => asCount(eb.fn.countAll()).as('total'))
          .where('i.user_id', '=', p.userId)
          .where(IS_KEPT),
      }),
      () =>
        db
          .selectFrom('imports as i')
          .select(COLUMNS)
          .select(sql<number>`row_number() over (order by i.id desc)`.as('position'))
          .where('i.user_id', '=', p.userId)
          .where(IS_KEPT)
          .orderBy('i.id', 'desc')
          .limit(p.limit)
          .offset(p.offset) as never,
    ),
);

/** The number of imports of a reader that are being read or applied. */
export const AT_WORK = statement('imports.at-work', ({ userId }: { readonly userId: string }) =>
  db
    .selectFrom('imports as i')
    .select((eb) => asCount(eb.fn.countAll()).as('count'))
    .where('i.user_id', '=', userId)
    .where(sql<boolean>`i.state in ('reading', 'applying')`),
);

/** Begins the work of a state: the progress starts again. */
export const BEGIN = statement(
  'imports.begin',
  (p: ImportKey & { readonly isUndo: boolean; readonly run: number; readonly total: number }) =>
    db
      .updateTable('imports')
      .set({
        state: sql.lit('applying'),
        is_undo: p.isUndo,
        run: p.run,
        done: sql.lit(0),
        total: p.total,
      } as never)
      .where('user_id', '=', p.userId)
      .where('id', '=', p.id),
);

/** A step of a job. A run whose lease has ended changes nothing after another run has ended the step. */
export interface Step {
  readonly state: 'reading' | 'applying';
  /** Whether the rows of the file are stored. */
  readonly isStored: boolean;
}

interface Progress {
  readonly done: number;
  readonly total: number;
}

export const SET_PROGRESS = statement('imports.set-progress', (p: ImportKey & Step & Progress) =>
  db
    .updateTable('imports')
    .set({ done: p.done, total: p.total })
    .where('user_id', '=', p.userId)
    .where('id', '=', p.id)
    .where('state', '=', p.state)
    .where('is_stored', '=', p.isStored),
);

/** Records that all rows are stored, and how scores are understood. */
export const SET_STORED = statement(
  'imports.set-stored',
  (p: ImportKey & { readonly total: number; readonly scale: number; readonly format: string | null }) =>
    db
      .updateTable('imports')
      .set({
        is_stored: sql.lit(true),
        done: sql.lit(0),
        total: p.total,
        scale: p.scale,
        format: p.format,
      } as never)
      .where('user_id', '=', p.userId)
      .where('id', '=', p.id)
      .where('state', '=', sql.lit('reading'))
      .where('is_stored', '=', sql.lit(false)),
);

/** Ends the work of a state, and counts the rows by outcome. */
export const END = statement(
  'imports.end',
  (
    p: ImportKey & {
      readonly state: ImportState;
      readonly strategy: Strategy;
      readonly isApplied: boolean;
    },
  ) =>
    db
      .updateTable('imports as i')
      .set({
        state: sql<ImportState>`${p.state}`,
        strategy: sql<Strategy>`${p.strategy}`,
        is_undo: sql.lit(false),
        done: sql<number>`i.total`,
        counts: sql`(select coalesce(jsonb_object_agg(outcome, count), '{}') from (
          select r.outcome, count(*) from import_rows r
          where r.user_id = ${p.userId} and r.import_id = ${p.id} and r.outcome is not null
          group by r.outcome) as counted)`,
        expires: sql<string>`case when ${p.isApplied}::boolean then ${inDays(UNDO_DAYS)} else i.expires end`,
      } as never)
      .where('i.user_id', '=', p.userId)
      .where('i.id', '=', p.id),
);

/** Ends an import whose file is invalid or that cannot be applied. Its rows and its file are deleted. */
export const FAIL = statement(
  'imports.fail',
  (p: ImportKey & { readonly message: string; readonly line: number | null }) =>
    db
      .with('rows', (query) =>
        query.deleteFrom('import_rows').where('user_id', '=', p.userId).where('import_id', '=', p.id),
      )
      .with('files', (query) =>
        query.deleteFrom('import_files').where('user_id', '=', p.userId).where('import_id', '=', p.id),
      )
      .updateTable('imports')
      .set({
        state: sql.lit('failed'),
        error_message: sql`${p.message}`,
        error_line: sql`${p.line}::int`,
        counts: sql`'{}'::jsonb`,
        done: sql.lit(0),
        total: sql.lit(0),
      } as never)
      .where('user_id', '=', p.userId)
      .where('id', '=', p.id),
);

export const DELETE_FILE = statement('imports.delete-file', ({ userId, id }: ImportKey) =>
  db.deleteFrom('import_files').where('user_id', '=', userId).where('import_id', '=', id),
);

export const DELETE_IMPORT = statement('imports.delete', ({ userId, id }: ImportKey) =>
  db
    .with('rows', (query) =>
      query.deleteFrom('import_rows').where('user_id', '=', userId).where('import_id', '=', id),
    )
    .with('files', (query) =>
      query.deleteFrom('import_files').where('user_id', '=', userId).where('import_id', '=', id),
    )
    .deleteFrom('imports')
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .returning('id'),
);

/** Imports that have passed their time, and are not at work. Those whose job is lost end a week later. */
export const EXPIRED = statement('imports.expired', ({ limit }: { readonly limit: number }) =>
  db
    .selectFrom('imports as i')
    .select(['i.user_id', 'i.id'])
    .where('i.expires', '<', NOW)
    .where(sql<boolean>`(i.state not in ('reading', 'applying') or i.expires < ${NOW} - interval '7 days')`)
    .limit(limit),
);
