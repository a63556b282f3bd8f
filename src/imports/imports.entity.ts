import { defineEntity, p } from '@mikro-orm/core';
import { UserSchema } from '../accounts/user.entity.js';
import { VISIBILITIES } from '../reading-history/reading-entry.entity.js';
import type { FormatName, ImportedRow } from './formats/imported-row.js';
import type { Candidate } from './matching/match.js';
import type { Strategy } from './planning/plan-entry.js';

export const IMPORT_STATES = ['reading', 'preview', 'applying', 'done', 'failed', 'undone'] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

/** What a row does: `ask` has no decision yet, `refuse` cannot be applied. */
export const ROW_OUTCOMES = ['add', 'change', 'same', 'skip', 'ask', 'refuse'] as const;
export type RowOutcome = (typeof ROW_OUTCOMES)[number];

/** What an outcome shows of the reader's list, before or after a row. */
export type ShownFields = Readonly<Record<string, unknown>>;

/** A file that a reader imports, and how far its job is. */
export const ImportSchema = defineEntity({
  name: 'Import',
  tableName: 'imports',
  indexes: [{ name: 'imports_by_expiry', properties: ['expires'] }],
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    /** A number of the reader's sequence: the `origin.id` of its changes. */
    id: p.integer().primary(),
    state: p.text().$type<ImportState>(),
    /** Null for a file so damaged that it was not recognized. */
    format: p.text().$type<FormatName>().nullable(),
    strategy: p.text().$type<Strategy>(),
    /** The client that wrote the entries, without a foreign key: it is checked when rows are applied. */
    clientId: p.integer(),
    visibility: p.enum(VISIBILITIES).nativeEnumName('visibility'),
    /** The largest possible score where the file does not name it; null until it is known. */
    scale: p.integer().nullable(),
    keepExtras: p.boolean(),
    /** Whether all rows are stored, so that a repeated job only matches them. */
    isStored: p.boolean().default(false).fieldName('is_stored'),
    /** Whether the work in the state `applying` is an undo. */
    isUndo: p.boolean().default(false).fieldName('is_undo'),
    /** Number of the run that applies rows. A row is applied if its run is this one. */
    run: p.integer().default(0),
    done: p.integer().default(0),
    total: p.integer().default(0),
    /** Number of rows by outcome. */
    counts: p.json().$type<Partial<Record<RowOutcome, number>>>().defaultRaw("'{}'"),
    errorMessage: p.text().nullable(),
    errorLine: p.integer().nullable(),
    created: p.datetime(3).defaultRaw('current_timestamp(3)'),
    expires: p.datetime(3),
  },
});

/** The bytes of an imported file, in parts: a large value would be encoded as one text by the driver. */
export const ImportFileSchema = defineEntity({
  name: 'ImportFile',
  tableName: 'import_files',
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    importId: p.integer().primary(),
    part: p.integer().primary(),
    bytes: p.blob(),
  },
});

/** A row of an imported file. The statements that delete an import delete its rows. */
export const ImportRowSchema = defineEntity({
  name: 'ImportRow',
  tableName: 'import_rows',
  indexes: [
    { name: 'import_rows_by_series', properties: ['user', 'importId', 'seriesId', 'number'] },
    { name: 'import_rows_by_outcome', properties: ['user', 'importId', 'outcome', 'number'] },
  ],
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    importId: p.integer().primary(),
    /** Position in the file, from 1. */
    number: p.integer().primary(),
    /** The row as the file has it. The type json, not jsonb: it is never searched. */
    content: p.json().$type<ImportedRow>().columnType('json'),
    /** Null until the row is matched. */
    outcome: p.text().$type<RowOutcome>().nullable(),
    reason: p.text().nullable(),
    candidates: p.json().$type<readonly Candidate[]>().defaultRaw("'[]'"),
    /** The matched series; 0 for a row about none, such as settings; null if the row is not matched. */
    seriesId: p.integer().nullable(),
    volumeId: p.integer().nullable(),
    /** The position of the volume, also if the catalog lacks it. */
    position: p.decimal('number').columnType('numeric(9,2)').nullable(),
    /** Whether the reader has decided to leave the row out. */
    isSkipped: p.boolean().default(false).fieldName('is_skipped'),
    /** What the row changes, or what it has changed. */
    before: p.json().$type<ShownFields>().columnType('json').nullable(),
    after: p.json().$type<ShownFields>().columnType('json').nullable(),
    /** The run that has applied the row; 0 for none. */
    run: p.integer().default(0),
  },
});
