import { Injectable } from '@nestjs/common';
import { CollectionService } from '../collection/collection.service.js';
import type { ItemRow } from '../collection/item-statements.js';
import type { Cause } from '../reader-log/log-statements.js';
import { ReaderLog } from '../reader-log/reader-log.js';
import { RatingsService } from '../ratings/ratings.service.js';
import type { EntryState } from '../reading-history/entry-statements.js';
import { valuesOfState } from '../reading-history/entry-values.js';
import { EntryWriter } from '../reading-history/entry-writer.js';
import type { ReadValues } from '../reading-history/read-statements.js';
import { SettingsService } from '../settings/settings.service.js';
import { isSameEntry, type PlannedEntry } from './planning/plan-entry.js';
import type { ListedItem } from './planning/plan-item.js';
import type { ReaderList, SeriesPlan } from './planning/plan-rows.js';
import type { MatchedRowData } from './row-statements.js';

/** Reads and writes what a reader has of the series of an import. */
@Injectable()
export class ReaderLists {
  constructor(
    private readonly entries: EntryWriter,
    private readonly ratings: RatingsService,
    private readonly collection: CollectionService,
    private readonly settings: SettingsService,
    private readonly log: ReaderLog,
  ) {}

  /** What the reader has of the series and volumes of rows. */
  async load(userId: string, rows: readonly MatchedRowData[]): Promise<ReaderList> {
    const ofKind = (...kinds: string[]) => rows.filter((row) => kinds.includes(row.content.content.kind));
    const rated = seriesOf(ofKind('rating'));
    const volumeIds = rows.flatMap((row) => row.volume_id ?? []);
    const needsSettings = volumeIds.length > 0 || ofKind('settings').length > 0;
    const settings = needsSettings ? { ...(await this.settings.get(userId)) } : null;
    return {
      entries: await this.loadEntries(userId, ofKind('entry', 'volume')),
      ratings: rated.length === 0 ? new Map() : await this.ratings.ofSeries(userId, rated),
      items: volumeIds.length === 0 ? new Map() : await this.loadItems(userId, volumeIds),
      settings: settings ?? {},
      currency: settings?.currency ?? '',
      mayRate: rated.length > 0 && (await this.log.mayRate(userId)),
    };
  }

  /**
   * Writes what the rows about a series change, in a transaction that holds the counter.
   *
   * @returns false if the import's client may no longer write
   */
  async write(
    userId: string,
    seriesId: number,
    { entry, rating, items, settings }: SeriesPlan,
    former: PlannedEntry | null,
    cause: Cause,
  ): Promise<boolean> {
    if (entry !== null && !(await this.writeEntry(userId, seriesId, entry, former, cause))) return false;
    if (rating !== null) await this.ratings.put(userId, seriesId, rating, cause);
    for (const [volumeId, { id, ...item }] of items) {
      await this.collection.put(userId, volumeId, id, item, cause);
    }
    if (settings !== null) await this.settings.save(userId, userId, settings);
    return true;
  }

  /** Restores settings that have not been changed since. */
  async restoreSettings(
    userId: string,
    before: Readonly<Record<string, unknown>>,
    after: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const now = { ...(await this.settings.get(userId)) } as Record<string, unknown>;
    const unchanged = Object.entries(before).filter(([name]) => now[name] === after[name]);
    await this.settings.save(userId, userId, Object.fromEntries(unchanged));
  }

  private async writeEntry(
    userId: string,
    seriesId: number,
    entry: PlannedEntry,
    former: PlannedEntry | null,
    cause: Cause,
  ): Promise<boolean> {
    const values = { ...entry.values, client_id: cause.clientId ?? 0 };
    const newReads = entry.reads.slice(former?.reads.length ?? 0);
    const hasNewValues =
      former === null || !isSameEntry({ ...entry, formerReads: former.formerReads }, former);
    if (former === null) {
      if (!(await this.entries.add(userId, seriesId, values, cause, entry.created))) return false;
    } else if (hasNewValues && !(await this.entries.update(userId, seriesId, values, cause))) return false;
    for (const read of newReads) await this.entries.addRead(userId, seriesId, read, cause);
    return true;
  }

  private async loadEntries(
    userId: string,
    rows: readonly MatchedRowData[],
  ): Promise<Map<number, PlannedEntry>> {
    const seriesIds = seriesOf(rows);
    if (seriesIds.length === 0) return new Map();
    const states = await this.entries.states(userId, seriesIds);
    const needReads = seriesOf(rows.filter(hasReads)).filter((id) => (states.get(id)?.former_reads ?? 0) > 0);
    const reads = needReads.length === 0 ? new Map() : await this.entries.readsOf(userId, needReads);
    return new Map(
      [...states].map(([seriesId, state]) => [seriesId, planned(state, reads.get(seriesId) ?? [])]),
    );
  }

  private async loadItems(userId: string, volumeIds: readonly number[]): Promise<Map<number, ListedItem>> {
    const items = await this.collection.ofVolumes(userId, volumeIds);
    return new Map([...items].map(([volumeId, row]) => [volumeId, listed(row)]));
  }
}

function listed({ item_id: id, state, price, currency, buy_date: date, ...row }: ItemRow): ListedItem {
  const { condition, place, notes } = row;
  return { id, state, price, currency, date, condition, place, notes };
}

function planned(state: EntryState, reads: readonly ReadValues[]): PlannedEntry {
  return { values: valuesOfState(state), formerReads: state.former_reads, reads, created: null };
}

function seriesOf(rows: readonly MatchedRowData[]): number[] {
  return [...new Set(rows.flatMap((row) => row.series_id ?? []))];
}

function hasReads({ content: { content } }: MatchedRowData): boolean {
  const entry = content.kind === 'entry' || content.kind === 'volume' ? content.entry : null;
  return (entry?.reads?.length ?? 0) > 0;
}
