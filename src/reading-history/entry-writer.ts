import { Injectable } from '@nestjs/common';
import type { Cause } from '../reader-log/log-statements.js';
import type { EntryState, Written } from './entry-statements.js';
import { ReadRepository } from './read.repository.js';
import type { ReadValues } from './read-statements.js';
import { ReadingEntryRepository } from './reading-entry.repository.js';

/** Changes of entries and reads by imports, in a transaction that holds the counter. */
@Injectable()
export class EntryWriter {
  constructor(
    private readonly entries: ReadingEntryRepository,
    private readonly reads: ReadRepository,
  ) {}

  /** The user's entries of several series, by series. */
  async states(userId: string, seriesIds: readonly number[]): Promise<Map<number, EntryState>> {
    return this.entries.states(userId, seriesIds);
  }

  /** The former reads of several entries, by series. */
  async readsOf(userId: string, seriesIds: readonly number[]): Promise<Map<number, ReadValues[]>> {
    return this.reads.ofSeries(userId, seriesIds);
  }

  /** Adds an entry. @param created when the entry was created; null for now @returns whether it was written */
  async add(
    userId: string,
    seriesId: number,
    values: Written,
    cause: Cause,
    created: string | null,
  ): Promise<boolean> {
    const restored = created === null ? undefined : { created, readId: null };
    return (await this.entries.add(userId, seriesId, values, cause, { restored })).kind === 'written';
  }

  /** Replaces an entry. @returns whether it was written */
  async update(userId: string, seriesId: number, values: Written, cause: Cause): Promise<boolean> {
    return (await this.entries.update(userId, seriesId, values, cause)).kind === 'written';
  }

  /** Adds a former read to an entry. */
  async addRead(userId: string, seriesId: number, values: ReadValues, cause: Cause): Promise<void> {
    await this.reads.add(userId, seriesId, values, cause);
  }
}
