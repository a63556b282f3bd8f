/** The number of a volume in a title: `Naruto, Vol. 3`, `Naruto (Naruto, #3)`. */
const NUMBER = /(?:\bvol(?:ume)?s?\.?|#|\btome|\bband|第)\s*(\d{1,4}(?:\.\d{1,2})?)(?!\d)/iu;

/** The number of the volume that a title names; null if it names none. A bare number may be a part of the name. */
export function volumeNumber(title: string): number | null {
  const digits = NUMBER.exec(title)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Titles of series in the title of a volume: before the number, and in `Title (Series, #3)`. */
const BEFORE_NUMBER = /^(.+?)[,:]?\s*(?:\bvol(?:ume)?s?\.?|#)\s*\d/iu;
const IN_BRACKETS = /\(([^()]+?),?\s*#\d/u;

/** The titles that the series of a volume may have. */
export function seriesTitles(title: string): string[] {
  const names = [BEFORE_NUMBER.exec(title.replace(/\(.*$/u, ''))?.[1], IN_BRACKETS.exec(title)?.[1]];
  return names.filter((name) => name !== undefined);
}
