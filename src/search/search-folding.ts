import { InjectRepository } from '@mikro-orm/nestjs';
import { EntityRepository } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { Sql } from '../database/sql.js';
import { Transactions } from '../database/transactions.js';
import { FOLDING_VERSION, type SearchTexts } from './fold.js';
import { type FoldedSource, foldingStatements } from './folding-statements.js';
import { type SearchFoldingState, SearchFoldingSchema } from './search-folding.entity.js';

/** Rows per transaction. */
const BATCH = 500;
const STATE = 'texts';

/** A table with folded texts, and the function that computes them from the names of a row. */
export interface FoldedTable extends FoldedSource {
  readonly fold: (names: readonly string[]) => SearchTexts;
}

type RegisteredTable = FoldedTable & ReturnType<typeof foldingStatements>;

/**
 * Keeps the folded texts in the version of this program. If the database has another version, all texts are folded
 * again in batches before the service is ready. The version is stored last: after an interruption the next start begins
 * again.
 */
@Injectable()
export class SearchFolding {
  private readonly logger = new Logger(SearchFolding.name);
  private readonly tables: RegisteredTable[] = [];

  constructor(
    private readonly transactions: Transactions,
    private readonly sql: Sql,
    @InjectRepository(SearchFoldingSchema) private readonly states: EntityRepository<SearchFoldingState>,
  ) {}

  register(table: FoldedTable): void {
    this.tables.push({ ...table, ...foldingStatements(table) });
  }

  /** Folds all texts again if they have another version. Call it while holding the lock `prepareDatabase`. */
  async refresh(): Promise<void> {
    const state = await this.transactions.run(() => this.states.findOne(STATE));
    if (state?.version === FOLDING_VERSION) return;
    for (const table of this.tables) {
      const count = await this.foldTable(table);
      if (count > 0) this.logger.log(`Folded the texts of ${count} ${table.table} again`);
    }
    await this.transactions.run(() => this.states.upsert({ kind: STATE, version: FOLDING_VERSION }));
  }

  private async foldTable(table: RegisteredTable): Promise<number> {
    let count = 0;
    let after: number | string = table.idType === 'int' ? 0 : '';
    for (;;) {
      const ids: (number | string)[] = await this.transactions.run(() => this.foldBatch(table, after));
      count += ids.length;
      const last = ids.at(-1);
      if (last === undefined || ids.length < BATCH) return count;
      after = last;
    }
  }

  /** Folds the texts of the next rows. @returns their ids */
  private async foldBatch(table: RegisteredTable, after: number | string): Promise<(number | string)[]> {
    const rows = await this.sql.rows(table.lockNames, { after, limit: BATCH });
    const ids = rows.map(({ id }) => id);
    const folded = rows.map(({ names }) => table.fold(names));
    if (ids.length > 0) {
      await this.sql.rows(table.write, {
        ids,
        texts: folded.map(({ text }) => text),
        compacts: folded.map(({ compact }) => compact),
      });
    }
    return ids;
  }
}
