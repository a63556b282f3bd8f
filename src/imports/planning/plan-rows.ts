import { countersOf } from '../../reading-history/entry-values.js';
import type { ImportedItem, ImportedRow } from '../formats/imported-row.js';
import { type FileEntry, fileEntry, type FileOptions, mergeFileEntries } from './file-entry.js';
import { isSameItem, type ListedItem, newItem, planItem } from './plan-item.js';
import { isSameEntry, type NewEntry, type PlannedEntry, planEntry, type Strategy } from './plan-entry.js';

/** What the reader has of the series and volumes of some rows. */
export interface ReaderList {
  readonly entries: ReadonlyMap<number, PlannedEntry>;
  readonly ratings: ReadonlyMap<number, number>;
  /** By volume. */
  readonly items: ReadonlyMap<number, ListedItem>;
  readonly settings: Readonly<Record<string, unknown>>;
  /** The currency of new items whose file names none. */
  readonly currency: string;
  readonly mayRate: boolean;
}

/** A row that is matched. */
export interface MatchedRow {
  readonly number: number;
  readonly content: ImportedRow;
  readonly volume_id: number | null;
  readonly position: number | null;
}

export type PlanOptions = FileOptions & NewEntry & { readonly strategy: Strategy };

/** What a row changes. */
export interface RowPlan {
  readonly number: number;
  readonly outcome: 'add' | 'change' | 'same' | 'skip' | 'refuse';
  readonly reason: string | null;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

/** What the rows about one series change. */
export interface SeriesPlan {
  readonly rows: readonly RowPlan[];
  /** The entry after all rows; null if it is unchanged. */
  readonly entry: PlannedEntry | null;
  /** The rating after all rows; null if it is unchanged. */
  readonly rating: number | null;
  /** The changed items, by volume. */
  readonly items: ReadonlyMap<number, ListedItem>;
  /** The changed settings; null if there are none. */
  readonly settings: Readonly<Record<string, unknown>> | null;
}

export const NOT_IN_CATALOG = 'Not in the catalog';
export const OTHER_MEDIUM = 'Not a comic or novel';
export const MAY_NOT_RATE = 'Ratings need the permission rate-series';

/** A part of the list that a row changes, before and after. */
interface Part {
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>>;
  readonly outcome: 'add' | 'change' | 'same';
}

/** Computes what all rows about one series change, one after the other. */
export class SeriesPlanner {
  private merged: FileEntry | null = null;
  private readonly base: PlannedEntry | null;
  private entry: PlannedEntry | null;
  /** Whether all rows together leave the reader's entry as it is, although a single one of them may change it. */
  private leavesEntry = false;
  private readonly formerRating: number | null;
  private rating: number | null;
  private readonly items = new Map<number, ListedItem>();
  private settings: Readonly<Record<string, unknown>> | null = null;

  /** @param seriesId 0 for rows about no series */
  constructor(
    seriesId: number,
    private readonly list: ReaderList,
    private readonly options: PlanOptions,
  ) {
    this.base = list.entries.get(seriesId) ?? null;
    this.entry = this.base;
    this.formerRating = list.ratings.get(seriesId) ?? null;
    this.rating = this.formerRating;
  }

  /** @param rows in the order of the file */
  plan(rows: readonly MatchedRow[]): SeriesPlan {
    this.leavesEntry = this.isSameAsBase(rows);
    return {
      rows: rows.map((row) => this.planRow(row)),
      entry: this.entry === this.base ? null : this.entry,
      rating: this.rating === this.formerRating ? null : this.rating,
      items: this.items,
      settings: this.settings,
    };
  }

  private planRow(row: MatchedRow): RowPlan {
    const {
      number,
      content: { content },
      volume_id: volumeId,
    } = row;
    const left = (outcome: 'skip' | 'refuse', reason: string): RowPlan => {
      return { number, outcome, reason, before: null, after: null };
    };
    if (content.kind === 'settings') return planOf(number, [this.planSettings(content.settings)]);
    if (content.kind === 'rating') {
      if (!isRating(content.rating)) return left('skip', 'Invalid rating');
      return this.list.mayRate
        ? planOf(number, [this.planRating(content.rating)])
        : left('skip', MAY_NOT_RATE);
    }
    if (content.kind === 'item') {
      return volumeId === null
        ? left('refuse', NOT_IN_CATALOG)
        : planOf(number, [this.planItem(volumeId, content.item)]);
    }
    const entry = this.entryOf(row);
    const parts: Part[] = [];
    if (entry !== null) parts.push(this.planEntry(entry));
    if (content.kind === 'volume' && content.item !== null && volumeId !== null) {
      parts.push(this.planItem(volumeId, content.item));
    }
    return parts.length === 0 ? left('refuse', NOT_IN_CATALOG) : planOf(number, parts);
  }

  /** What a row says about the entry; null if nothing. */
  private entryOf({ content: { content, extras }, position }: MatchedRow): FileEntry | null {
    if (content.kind !== 'entry' && content.kind !== 'volume') return null;
    const isRead = content.kind === 'volume' && content.isRead;
    const entry = content.entry ?? (isRead ? { status: 'started' as const } : null);
    return entry && fileEntry(entry, extras, this.options, isRead ? position : null);
  }

  private isSameAsBase(rows: readonly MatchedRow[]): boolean {
    const entries = rows.map((row) => this.entryOf(row)).filter((entry) => entry !== null);
    if (this.base === null || entries.length < 2) return false;
    const merged = entries.reduce((one, other) => mergeFileEntries(one, other));
    return isSameEntry(this.base, planEntry(this.base, merged, this.options.strategy, this.options));
  }

  private planEntry(file: FileEntry): Part {
    const before = this.entry;
    this.merged = this.merged === null ? file : mergeFileEntries(this.merged, file);
    // Two rows for one series end as the furthest of both, whatever the strategy does with the reader's entry.
    const after = planEntry(this.base, this.merged, this.options.strategy, this.options);
    const isSame = before !== null && (this.leavesEntry || isSameEntry(before, after));
    if (!isSame) this.entry = after;
    return {
      before: before && shownEntry(before),
      after: shownEntry(isSame ? before : after),
      outcome: before === null ? 'add' : isSame ? 'same' : 'change',
    };
  }

  private planRating(rating: number): Part {
    const before = this.rating;
    if (before === null || this.options.strategy === 'replace') this.rating = rating;
    return {
      before: before === null ? null : { rating: before },
      after: { rating: this.rating },
      outcome: before === null ? 'add' : before === this.rating ? 'same' : 'change',
    };
  }

  private planItem(volumeId: number, file: ImportedItem): Part {
    const before = this.items.get(volumeId) ?? this.list.items.get(volumeId);
    if (before === undefined) {
      const item = newItem(file, this.list.currency);
      this.items.set(volumeId, item);
      return { before: null, after: shownItem(volumeId, item), outcome: 'add' };
    }
    const item = planItem(before, file, this.options.strategy);
    const isSame = isSameItem(item, before);
    if (!isSame) this.items.set(volumeId, item);
    return {
      before: shownItem(volumeId, before),
      after: shownItem(volumeId, item),
      outcome: isSame ? 'same' : 'change',
    };
  }

  private planSettings(given: Readonly<Record<string, unknown>>): Part {
    const former = { ...this.list.settings, ...this.settings };
    const names = Object.keys(given);
    const before = Object.fromEntries(names.map((name) => [name, former[name]]));
    const keeps = this.options.strategy === 'skip' || this.options.strategy === 'fill';
    const changes = keeps
      ? {}
      : Object.fromEntries(
          names.filter((name) => given[name] !== former[name]).map((name) => [name, given[name]]),
        );
    const isSame = Object.keys(changes).length === 0;
    if (!isSame) this.settings = { ...this.settings, ...changes };
    return {
      before: { settings: before },
      after: { settings: { ...before, ...changes } },
      outcome: isSame ? 'same' : 'change',
    };
  }
}

/** Whether a value is a rating: 1 to 10, with at most one fraction digit. */
function isRating(value: number): boolean {
  return value >= 1 && value <= 10 && Number(value.toFixed(1)) === value;
}

function planOf(number: number, parts: readonly Part[]): RowPlan {
  const outcomes = parts.map(({ outcome }) => outcome);
  const before = parts.flatMap((part) => part.before ?? []);
  return {
    number,
    outcome: outcomes.find((one) => one === 'add') ?? outcomes.find((one) => one === 'change') ?? 'same',
    reason: null,
    before: before.length === 0 ? null : Object.assign({}, ...before),
    after: Object.assign({}, ...parts.map(({ after }) => after)),
  };
}

function shownEntry({ values, formerReads }: PlannedEntry): Record<string, unknown> {
  const { visibility, progress_type, progress, status, reread, score, priority, start, end, notes } = values;
  return {
    visibility,
    progress_type,
    progress,
    ...countersOf(values),
    status,
    reread: Math.max(reread, formerReads),
    score,
    priority,
    start,
    end,
    notes,
    former_reads: formerReads,
  };
}

function shownItem(volumeId: number, item: ListedItem): Record<string, unknown> {
  const { state, price, currency, date, condition, place, notes } = item;
  return {
    item: { volume_id: volumeId, state, price, currency, buy_date: date, condition, place, notes },
  };
}
