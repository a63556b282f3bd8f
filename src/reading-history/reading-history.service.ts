import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CatalogChanges } from '../catalog/catalog-changes.js';
import { seriesNotFound } from '../catalog/catalog.errors.js';
import { readingLanguage } from '../catalog/languages.js';
import { unknownClient } from '../clients/clients.errors.js';
import type { Audience, HistoryRow } from './history-page.js';
import type { EntryRow } from './entry-statements.js';
import { ReadingEntryRepository, type StatusCounts } from './reading-entry.repository.js';
import type { HistoryQuery, SaveReadingEntryDto } from './reading-history.dto.js';
import { readingStatusExists, readingStatusMissing } from './reading-history.errors.js';

/** The users' entries about the series that they read. */
@Injectable()
export class ReadingHistoryService implements OnModuleInit {
  constructor(
    private readonly entries: ReadingEntryRepository,
    private readonly changes: CatalogChanges,
  ) {}

  onModuleInit(): void {
    this.changes.register((externalIds) => this.entries.refreshSortKeys(externalIds));
  }

  /** A page of the user's own history. @throws unknownClient */
  async list(userId: string, query: HistoryQuery): Promise<{ total: number; rows: HistoryRow[] }> {
    return this.page(userId, 'reader', query);
  }

  /** A page of a user's public entries. @throws unknownClient */
  async listPublic(userId: string, query: HistoryQuery): Promise<{ total: number; rows: HistoryRow[] }> {
    return this.page(userId, 'others', query);
  }

  /** The number of a user's public entries by status. */
  async publicCounts(userId: string): Promise<StatusCounts> {
    return this.entries.publicCounts(userId);
  }

  /** The user's entry, or null. @throws seriesNotFound */
  async find(userId: string, seriesId: number): Promise<EntryRow | null> {
    const outcome = await this.entries.find(userId, seriesId);
    if (outcome.kind === 'no-series') throw seriesNotFound();
    return outcome.entry;
  }

  /** @throws unknownClient, seriesNotFound, readingStatusExists */
  async add(userId: string, seriesId: number, entry: SaveReadingEntryDto): Promise<void> {
    const { kind } = await this.entries.add(userId, seriesId, entry);
    if (kind === 'no-client') throw unknownClient();
    if (kind === 'no-series') throw seriesNotFound();
    if (kind === 'exists') throw readingStatusExists();
  }

  /** Replaces the entry. @throws unknownClient, readingStatusMissing */
  async update(userId: string, seriesId: number, entry: SaveReadingEntryDto): Promise<void> {
    const { kind } = await this.entries.update(userId, seriesId, entry);
    if (kind === 'no-client') throw unknownClient();
    if (kind === 'no-entry') throw readingStatusMissing();
  }

  /** @throws readingStatusMissing */
  async delete(userId: string, seriesId: number): Promise<void> {
    if (!(await this.entries.delete(userId, seriesId))) throw readingStatusMissing();
  }

  private async page(userId: string, audience: Audience, query: HistoryQuery) {
    const { order = 'update-desc', search, status, client, limit, offset } = query;
    const language = readingLanguage(query.user_lang);
    const page = await this.entries.page({
      userId,
      audience,
      order,
      search,
      status,
      client,
      language,
      limit,
      offset,
    });
    if (!page.clientKnown) throw unknownClient();
    return page;
  }
}
