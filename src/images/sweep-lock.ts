import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Sql } from '../database/sql.js';
import { statement, tables } from '../database/statement.js';

/** The key of the advisory lock that the sweeping node holds. */
const SWEEPING = 7_005;

const TRY_LOCK = statement('images.try-sweep-lock', () =>
  tables<never>().selectNoFrom(sql<boolean>`pg_try_advisory_xact_lock(${sql.lit(SWEEPING)})`.as('is_locked')),
);

/** Lets one node sweep at a time. */
@Injectable()
export class SweepLock {
  constructor(private readonly sql: Sql) {}

  /** Takes the lock until the open transaction ends. @returns false while another node holds it */
  async tryLock(): Promise<boolean> {
    return (await this.sql.row(TRY_LOCK, {}))?.is_locked ?? false;
  }
}
