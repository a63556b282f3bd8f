import { SERIES_TYPES, type SeriesType } from '../../../catalog/catalog.entity.js';
import {
  PRIORITIES,
  PROGRESS_TYPES,
  READING_STATUSES,
  VISIBILITIES,
} from '../../../reading-history/reading-entry.entity.js';
import { ITEM_STATES } from '../../../catalog/item-states.js';
import { MAX_ITEM_NOTES, MAX_ITEM_TEXT } from '../../../collection/collection.dto.js';
import { isCurrency } from '../../../currencies.js';
import { MAX_REREAD } from '../../../reading-history/entry-fields.js';
import { MAX_READS } from '../../../reading-history/read-statements.js';
import type { ImportedEntry, ImportedItem, ImportedRead, ImportedRow, RowSource } from '../imported-row.js';
import { objectOf } from '../records/json.js';
import type { JsonLine } from '../records/json-lines.js';
import {
  cleanText,
  counterOf,
  dateOf,
  entryOf,
  idsOf,
  isbnOf,
  MAX_NOTES,
  numberOf,
  scoreOf,
  sourceOf,
  storableText,
  titleOf,
} from '../values.js';

type Fields = Readonly<Record<string, unknown>>;

const MAX_KEY = 200;

export function settingsRow({ line, value }: JsonLine): ImportedRow {
  return row(line, sourceOf({}), { kind: 'settings', settings: value });
}

export function entryRow({ line, value }: JsonLine): ImportedRow {
  return row(line, seriesSource(value['series']), { kind: 'entry', entry: ownEntry(value) });
}

/** Null for a rating that is no number. */
export function ratingRow({ line, value }: JsonLine): ImportedRow | null {
  const rating = numberOf(value['rating']);
  return rating === undefined ? null : row(line, seriesSource(value['series']), { kind: 'rating', rating });
}

export function itemRow({ line, value }: JsonLine): ImportedRow {
  const volume = objectOf(value['volume']);
  const source = sourceOf({
    ...seriesSource(value['series'] ?? volume['series']),
    isbn: isbnOf(volume['isbn13'], volume['isbn10']),
    volumeExternalId: key(volume['external_id']),
  });
  return row(line, source, { kind: 'item', item: ownItem(value) });
}

export function row(line: number, source: RowSource, content: ImportedRow['content']): ImportedRow {
  return { line, source, isOtherMedium: false, content, extras: [] };
}

export function seriesSource(value: unknown): RowSource {
  const { external_id, name, type, links } = objectOf(value);
  return sourceOf({
    title: titleOf(name),
    types: ownTypes(type),
    ids: idsOf(objectOf(links)),
    externalId: key(external_id),
  });
}

export function ownTypes(value: unknown): readonly SeriesType[] {
  const type = oneOf(SERIES_TYPES, value);
  return type ? [type] : [];
}

export function key(value: unknown): string | null {
  return cleanText(value, MAX_KEY) || null;
}

/** The fields of an entry as the service writes them. */
export function ownEntry(fields: Fields): ImportedEntry {
  const progressType = oneOf(PROGRESS_TYPES, fields['progress_type']);
  const counters = { chapters: ownCounter(fields['chapters']), volumes: ownCounter(fields['volumes']) };
  const progress = ownCounter(fields['progress']);
  if (progressType && progress !== undefined) counters[progressType] ??= progress;
  const { created, reads } = fields;
  return entryOf({
    status: oneOf(READING_STATUSES, fields['status']),
    visibility: oneOf(VISIBILITIES, fields['visibility']),
    priority: oneOf(PRIORITIES, fields['priority']),
    progressType,
    ...counters,
    reread: ownReread(fields['reread']),
    score: optional(fields['score'], (value) => scoreOf(value, 10)),
    start: optional(fields['start'], dateOf),
    end: optional(fields['end'], dateOf),
    notes: fields['notes'] === undefined ? undefined : ownNotes(fields['notes']),
    created: typeof created === 'string' && !Number.isNaN(Date.parse(created)) ? created : undefined,
    reads: Array.isArray(reads) ? reads.slice(0, MAX_READS).flatMap(ownRead) : undefined,
  });
}

function ownRead(value: unknown): ImportedRead[] {
  const fields = objectOf(value);
  const status = oneOf(READING_STATUSES, fields['status']);
  if (!status || status === 'planned') return [];
  const { start = null, end = null } = entryOf({
    start: dateOf(fields['start']),
    end: dateOf(fields['end']),
  });
  return [
    {
      status,
      start,
      end,
      chapters: ownCounter(fields['chapters']) ?? null,
      volumes: ownCounter(fields['volumes']) ?? null,
      score: scoreOf(fields['score'], 10)?.value ?? null,
      notes: ownNotes(fields['notes']),
    },
  ];
}

/** An item as the service writes it; those of earlier versions are owned, and have neither currency nor texts. */
function ownItem({ buy_date, price, state, currency, condition, place, notes }: Fields): ImportedItem {
  const day = dateOf(buy_date);
  return {
    buyDate: day?.length === 10 ? day : null,
    price: numberOf(price) ?? null,
    state: oneOf(ITEM_STATES, state) ?? 'owned',
    currency: isCurrency(currency) ? currency : null,
    condition: storableText(condition, MAX_ITEM_TEXT),
    place: storableText(place, MAX_ITEM_TEXT),
    notes: storableText(notes, MAX_ITEM_NOTES),
  };
}

/** Notes with the white space around them, which the service keeps. */
function ownNotes(value: unknown): string | null {
  return storableText(value, MAX_NOTES);
}

/** Unlike in other files, 255 rereads are 255 rereads. */
function ownReread(value: unknown): number | undefined {
  const number = numberOf(value);
  return number !== undefined && Number.isInteger(number) && number >= 0 && number <= MAX_REREAD
    ? number
    : undefined;
}

function ownCounter(value: unknown): number | null | undefined {
  return optional(value, counterOf);
}

/** A value that may be null. */
function optional<T>(value: unknown, read: (value: unknown) => T): T | null {
  return value === null ? null : read(value);
}

function oneOf<T extends string>(values: readonly T[], value: unknown): T | undefined {
  return values.find((candidate) => candidate === value);
}
