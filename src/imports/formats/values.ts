import { normalIsbn } from '../../catalog/isbn.js';
import { MAX_PROGRESS, MAX_REREAD } from '../../reading-history/entry-fields.js';
import { endsBeforeStart, isPartialDate } from '../../reading-history/partial-date.js';
import type { ImportedEntry, ImportedScore, RowSource, Site } from './imported-row.js';

// Functions for numbers, scores and dates return undefined for an invalid value, so that the row loses that field.

export const MAX_NOTES = 10_000;
const MAX_TITLE = 1_000;

/** How MyAnimeList writes that the number of rereads is unknown: -1 in one byte. */
const UNKNOWN_REREAD = 255;

/** A text that PostgreSQL can store, cut to a number of characters; null for a blank one. */
export function storableText(value: unknown, maxLength: number): string | null {
  if (typeof value !== 'string' || value.trim() === '') return null;
  return cutText(value.replaceAll('\0', '').toWellFormed(), maxLength);
}

/** The text, cut to a number of characters, of which each has one or two code units. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const characters = Array.from(text.slice(0, 2 * maxLength));
  return characters.slice(0, maxLength).join('');
}

/** As `storableText`, without white space around it; empty for a blank one. */
export function cleanText(value: unknown, maxLength: number): string {
  return typeof value === 'string' ? (storableText(value.trim(), maxLength) ?? '') : '';
}

export function titleOf(value: unknown): string {
  return cleanText(value, MAX_TITLE);
}

/**
 * Notes; null for blank ones, undefined for undefined. Line breaks that a site has written as HTML become line breaks.
 */
export function notesOf(value: unknown): string | null | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === 'string' ? value.replace(/<br ?\/?>(?:\r?\n)?/gi, '\n') : value;
  return cleanText(text, MAX_NOTES) || null;
}

/** A line for `notes` about a field that entries lack; none if the field is blank. */
export function extra(label: string, value: unknown): string[] {
  const text = cleanText(typeof value === 'number' ? String(value) : value, MAX_NOTES);
  return text === '' || text === '0' ? [] : [`${label}: ${text}`];
}

/** A number, with a point or a comma before the fraction. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !/^-?\d{1,15}(?:[.,]\d{1,15})?$/.test(value.trim())) return undefined;
  return Number(value.trim().replace(',', '.'));
}

/** A counter of chapters or volumes. A third fraction digit comes from binary fractions, such as 10.100000381. */
export function counterOf(value: unknown): number | undefined {
  const number = numberOf(value);
  if (number === undefined || number < 0 || number > MAX_PROGRESS) return undefined;
  return Math.round(number * 100) / 100;
}

/** A number of rereads. */
export function rereadOf(value: unknown): number | undefined {
  const number = numberOf(value);
  if (number === undefined || !Number.isInteger(number) || number < 0 || number > MAX_REREAD)
    return undefined;
  return number === UNKNOWN_REREAD ? 0 : number;
}

/** A score, null for an unscored work. */
export function scoreOf(value: unknown, maximum: number | null): ImportedScore | null | undefined {
  const number = numberOf(value);
  if (number === 0) return null;
  if (number === undefined || number < 0 || number > (maximum ?? 100)) return undefined;
  return { value: number, maximum };
}

/**
 * A date of full or reduced precision, from `2024-05-02`, `2024/5/2`, `20240502` or a time. Parts of zeros are unknown;
 * null if all are.
 */
export function dateOf(value: unknown): string | null | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return undefined;
  if (/^\s*0?\s*$/.test(text)) return null;
  const match = /^\s*(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[T ].*)?$|^(\d{4})(\d{2})(\d{2})$/.exec(
    text,
  );
  if (!match) return undefined;
  const [year, month, day] = match[1] === undefined ? match.slice(4) : match.slice(1, 4);
  return dateOfParts(Number(year), Number(month ?? 0), Number(day ?? 0));
}

/** A date of its parts, of which unknown ones are 0; null if the year is unknown. */
export function dateOfParts(year: number, month: number, day: number): string | null | undefined {
  if (![year, month, day].every((part) => Number.isInteger(part) && part >= 0)) return undefined;
  if (year === 0) return null;
  const parts = [year, ...(month === 0 ? [] : day === 0 ? [month] : [month, day])];
  const text = parts.map((part, index) => String(part).padStart(index === 0 ? 4 : 2, '0')).join('-');
  return isPartialDate(text) ? text : undefined;
}

/** An ISBN-13, from either kind, also as spreadsheets write it: `="9784088725093"`. */
export function isbnOf(...values: unknown[]): string | null {
  for (const value of values) {
    if (typeof value !== 'string') continue;
    const text = value.replace(/[="']/g, '');
    const isbn = normalIsbn(text, 13) ?? isbn13Of(normalIsbn(text, 10));
    if (isbn !== null) return isbn;
  }
  return null;
}

function isbn13Of(isbn10: string | null): string | null {
  if (isbn10 === null) return null;
  const digits = `978${isbn10.slice(0, 9)}`;
  const sum = [...digits].reduce(
    (total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3),
    0,
  );
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

const ID_PATTERNS: Readonly<Record<Site, RegExp>> = {
  mal: /^[1-9]\d{0,18}$/,
  anilist: /^[1-9]\d{0,18}$/,
  kitsu: /^[1-9]\d{0,18}$/,
  mangaupdates: /^[a-z\d]{1,20}$/i,
  mangadex: /^[a-z\d-]{1,40}$/i,
};

/** The valid ones of ids of sites, as texts. 0 is no id. */
export function idsOf(values: Readonly<Partial<Record<Site, unknown>>>): Partial<Record<Site, string>> {
  const ids: Partial<Record<Site, string>> = {};
  for (const [site, pattern] of Object.entries(ID_PATTERNS) as [Site, RegExp][]) {
    const value = values[site];
    const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
    if (pattern.test(text) && text !== '0') ids[site] = text;
  }
  return ids;
}

/** What a file says about a work; what is not given is unknown. */
export function sourceOf(parts: Partial<RowSource>): RowSource {
  return {
    title: '',
    titles: [],
    types: [],
    authors: [],
    ids: {},
    externalId: null,
    isbn: null,
    volumeExternalId: null,
    ...parts,
  };
}

/** An entry without the fields that are invalid, and without an `end` that is before its `start`. */
export function entryOf(fields: {
  readonly [K in keyof ImportedEntry]: ImportedEntry[K] | undefined;
}): ImportedEntry {
  const { start, end } = fields;
  const isContradiction = start && end && endsBeforeStart(start, end);
  const kept = Object.entries(fields).filter(
    ([name, value]) => value !== undefined && !(isContradiction && name === 'end'),
  );
  return Object.fromEntries(kept) as ImportedEntry;
}

/** The words of a status or type in lower case, without spaces and punctuation: `On-Hold` is `onhold`. */
export function keyOf(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase().replace(/[^a-z\d]/g, '') : '';
}

/** The value of a key that a file names; nothing for keys that every object has, such as `constructor`. */
export function lookUp<T>(values: Readonly<Record<string, T>>, key: string | number): T | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}
