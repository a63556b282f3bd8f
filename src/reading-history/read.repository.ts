import { Injectable } from '@nestjs/common';
import { Sql } from '../database/sql.js';
import type { Cause } from '../reader-log/log-statements.js';
import {
  ADD_READ,
  DELETE_READ,
  LIST_READS,
  READS_OF_SERIES,
  type ReadRow,
  type ReadValues,
  RESTORE_READS,
  UPDATE_READ,
} from './read-statements.js';

/** The former reads of entries. Call the methods that change one in a transaction that holds the counter. */
@Injectable()
export class ReadRepository {
  constructor(private readonly sql: Sql) {}

  /** The former reads of an entry in their order. */
  async list(userId: string, seriesId: number): Promise<ReadRow[]> {
    return this.sql.rows(LIST_READS, { userId, seriesId });
  }

  /** The former reads of several entries, by series, each in their order. */
  async ofSeries(userId: string, seriesIds: readonly number[]): Promise<Map<number, ReadValues[]>> {
    const reads = new Map<number, ReadValues[]>(seriesIds.map((id) => [id, []]));
    for (const { series_id: seriesId, ...row } of await this.sql.rows(READS_OF_SERIES, { userId, seriesIds }))
      reads.get(seriesId)?.push(readValues(row));
    return reads;
  }

  /** @param id of a read that an undo restores @returns the id */
  async add(
    userId: string,
    seriesId: number,
    values: ReadValues,
    cause: Cause,
    id: number | null = null,
  ): Promise<number> {
    const change = { userId, seriesId, id, before: null, after: JSON.stringify(values) };
    const row = await this.sql.row(ADD_READ, { ...values, ...change, ...cause });
    return row?.id ?? 0;
  }

  async update(
    userId: string,
    seriesId: number,
    former: ReadRow,
    values: ReadValues,
    cause: Cause,
  ): Promise<void> {
    const [before, after] = differences(readValues(former), values);
    const change = { userId, seriesId, id: former.id, before, after };
    await this.sql.row(UPDATE_READ, { ...values, ...change, ...cause });
  }

  async delete(userId: string, seriesId: number, former: ReadRow, cause: Cause): Promise<void> {
    const before = JSON.stringify(readValues(former));
    await this.sql.row(DELETE_READ, { userId, seriesId, id: former.id, before, after: null, ...cause });
  }

  /** Restores the reads of an entry that an undo has added again. */
  async restore(userId: string, seriesId: number, reads: readonly ReadRow[]): Promise<void> {
    if (reads.length > 0)
      await this.sql.rows(RESTORE_READS, { userId, seriesId, reads: JSON.stringify(reads) });
  }
}

/** The values of a row. */
export function readValues(read: ReadRow): ReadValues {
  const { id: _, ...values } = read;
  return values;
}

/** The fields that differ, before and after, as JSON. */
function differences(before: ReadValues, after: ReadValues): [string, string] {
  const names = (Object.keys(after) as (keyof ReadValues)[]).filter((name) => before[name] !== after[name]);
  const pick = (values: ReadValues) =>
    JSON.stringify(Object.fromEntries(names.map((name) => [name, values[name]])));
  return [pick(before), pick(after)];
}
