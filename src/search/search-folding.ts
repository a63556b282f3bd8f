import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { runIn, Sql, statement } from '../database/sql.js';
import { Transactions } from '../database/transactions.js';
import { FOLDING_VERSION, type SearchTexts } from './fold.js';

/** Rows of a transaction. */
const BATCH = 500;

const VERSION = statement('search.folding', 'select version from search_folding');
const DONE = statement(
  'search.folded',
  `insert into search_folding (kind, version) values ('texts', $1)
   on conflict (kind) do update set version = excluded.version`,
);

/** A table with folded texts, and how to make them from the names of its rows. */
export interface FoldedTable {
  readonly table: 'series' | 'volumes' | 'users';
  /** The type of the ids in SQL. */
  readonly idType: 'int' | 'text';
  /** SQL: an array of the names behind the relation `r` of rows. */
  readonly names: string;
  readonly fold: (names: readonly string[]) => SearchTexts;
}

/**
 * Keeps stored texts in the form that searches compare. An upgrade that changes the folding finds another version in the
 * database and folds all texts again, in batches, before the service is ready; when it is interrupted, the next start
 * begins again.
 */
@Injectable()
export class SearchFolding {
  private readonly logger = new Logger(SearchFolding.name);
  private readonly tables: FoldedTable[] = [];

  constructor(
    private readonly sql: Sql,
    private readonly transactions: Transactions,
  ) {}

  register(table: FoldedTable): void {
    this.tables.push(table);
  }

  /** Folds stored texts again if they have another version. Call it while no other node does. */
  async refresh(): Promise<void> {
    const row = await this.sql.row<{ version: number }>(VERSION);
    if (row?.version === FOLDING_VERSION) return;
    for (const table of this.tables) {
      const count = await this.foldTable(table);
      if (count > 0) this.logger.log(`Folded the texts of ${count} ${table.table} again`);
    }
    await this.sql.rows(DONE, [FOLDING_VERSION]);
  }

  private async foldTable(table: FoldedTable): Promise<number> {
    let count = 0;
    let after: number | string = table.idType === 'int' ? 0 : '';
    for (;;) {
      const ids: (number | string)[] = await this.transactions.run((em) => foldBatch(em, table, after));
      count += ids.length;
      const last = ids.at(-1);
      if (last === undefined || ids.length < BATCH) return count;
      after = last;
    }
  }
}

/** Folds the texts of the next rows. @returns their ids */
async function foldBatch(
  em: EntityManager,
  { table, idType, names, fold }: FoldedTable,
  after: number | string,
) {
  const rows = await runIn<{ id: number | string; names: string[] }>(
    em,
    `select r.id, ${names} as names from ${table} r where r.id > $1::${idType}
     order by r.id limit ${BATCH} for no key update of r`,
    [after],
  );
  const ids = rows.map(({ id }) => id);
  const folded = rows.map((row) => fold(row.names));
  if (ids.length > 0) {
    await runIn(
      em,
      `update ${table} r set search_text = i.text, search_compact = i.compact
       from unnest($1::${idType}[], $2::text[], $3::text[]) as i (id, text, compact)
       where r.id = i.id and (r.search_text <> i.text or r.search_compact <> i.compact)`,
      [ids, folded.map(({ text }) => text), folded.map((form) => form.compact)],
    );
  }
  return ids;
}
