import { InjectRepository } from '@mikro-orm/nestjs';
import { EntityRepository, LockMode } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { unnested } from '../database/expressions.js';
import { Sql } from '../database/sql.js';
import { statement, tables } from '../database/statement.js';
import { type RemovedFiles, RemovedFilesSchema } from './removed-files.entity.js';

const db = tables<typeof RemovedFilesSchema>();

const ADD = statement('removed-files.add', ({ prefixes }: { prefixes: readonly string[] }) =>
  db
    .insertInto('removed_files')
    .columns(['prefix'])
    .expression(
      db.selectFrom(unnested('removed', { prefix: [prefixes, 'text[]'] })).select('removed.prefix'),
    ),
);

/** The queue of files to remove. All methods belong to the open transaction. */
@Injectable()
export class RemovedFilesRepository {
  constructor(
    private readonly sql: Sql,
    @InjectRepository(RemovedFilesSchema) private readonly removedFiles: EntityRepository<RemovedFiles>,
  ) {}

  async add(prefixes: readonly string[]): Promise<void> {
    if (prefixes.length > 0) await this.sql.rows(ADD, { prefixes });
  }

  /** Locks the oldest rows until the transaction ends; rows that another node has locked are skipped. */
  async lockOldest(limit: number): Promise<RemovedFiles[]> {
    const lockMode = LockMode.PESSIMISTIC_PARTIAL_WRITE;
    return this.removedFiles.find({}, { orderBy: { id: 'asc' }, limit, lockMode });
  }

  async delete(rows: readonly RemovedFiles[]): Promise<void> {
    await this.removedFiles.nativeDelete({ id: { $in: rows.map(({ id }) => id) } });
  }
}
