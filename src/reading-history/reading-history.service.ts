import { Injectable } from '@nestjs/common';
import { seriesNotFound } from '../catalog/catalog.errors.js';
import { readingLanguage } from '../catalog/languages.js';
import { unknownClient } from '../clients/clients.errors.js';
import { type EntryRow, type HistoryRow, ReadingEntryRepository } from './reading-entry.repository.js';
import type { HistoryQuery, ReadingEntryInput } from './reading-history.dto.js';
import { readingStatusExists, readingStatusMissing } from './reading-history.errors.js';

/** What readers keep about the series they read. */
@Injectable()
export class ReadingHistoryService {
  constructor(private readonly entries: ReadingEntryRepository) {}

  /** A page of the reader's own history. @throws unknownClient */
  async list(userId: string, query: HistoryQuery): Promise<{ total: number; rows: HistoryRow[] }> {
    const { order = 'update-desc', search, status, client, limit, offset } = query;
    const language = readingLanguage(query.user_lang);
    const page = await this.entries.page({ userId, order, search, status, client, language, limit, offset });
    if (!page.clientKnown) throw unknownClient();
    return page;
  }

  /** The reader's entry, or null. @throws seriesNotFound */
  async find(userId: string, seriesId: number): Promise<EntryRow | null> {
    const entry = await this.entries.find(userId, seriesId);
    if (entry === undefined) throw seriesNotFound();
    return entry;
  }

  /** @throws unknownClient, seriesNotFound, readingStatusExists */
  async add(userId: string, seriesId: number, entry: ReadingEntryInput): Promise<void> {
    const outcome = await this.entries.add(userId, seriesId, entry);
    if (!outcome.client_known) throw unknownClient();
    if (!outcome.series_known) throw seriesNotFound();
    if (!outcome.written) throw readingStatusExists();
  }

  /** Replaces the entry. @throws unknownClient, readingStatusMissing */
  async update(userId: string, seriesId: number, entry: ReadingEntryInput): Promise<void> {
    const outcome = await this.entries.update(userId, seriesId, entry);
    if (!outcome.client_known) throw unknownClient();
    if (!outcome.written) throw readingStatusMissing();
  }

  /** @throws readingStatusMissing */
  async delete(userId: string, seriesId: number): Promise<void> {
    if (!(await this.entries.delete(userId, seriesId))) throw readingStatusMissing();
  }
}
