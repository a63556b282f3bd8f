import { jsonValues } from '../records/json.js';
import { cleanText, lookUp, numberOf } from '../values.js';

/** What a file says about all its entries. */
export interface Account {
  /** Whether the file is a saved response, not an export. */
  readonly isCollection: boolean;
  /** The largest possible score; null if the file does not say. */
  readonly maximumScore: number | null;
  /** Names of the lists that the reader has made, to which entries refer by position. */
  readonly customLists: readonly string[];
}

const FACTS =
  /(?:^|\.)(?:scoreFormat|score_type|score_format)$|^lists\.#\.score$|^user\.custom_lists\.manga\.#$|(?:^|\.)lists\.#\.entries\.#\.(?:score|mediaId|id)$/;

/** The largest score of a score format, by its name or by its number in an export. */
const MAXIMA: Readonly<Record<string, number>> = {
  POINT_100: 100,
  POINT_10_DECIMAL: 10,
  POINT_10: 10,
  POINT_5: 5,
  POINT_3: 3,
  '1': 100,
  '2': 10,
  '3': 10,
  '4': 5,
  '5': 3,
};

const MAX_CUSTOM_LISTS = 1_000;

/**
 * Reads a whole file for what it says about all its entries.
 *
 * @throws InvalidFile
 */
export async function accountOf(text: AsyncIterable<string>): Promise<Account> {
  let isCollection = false;
  let named: number | null = null;
  let highest = 0;
  const customLists: string[] = [];
  for await (const { path, value } of jsonValues(text, FACTS)) {
    isCollection ||= path.includes('lists.#.entries.');
    if (path.endsWith('.score')) highest = Math.max(highest, numberOf(value) ?? 0);
    else if (path.includes('custom_lists')) {
      if (customLists.length < MAX_CUSTOM_LISTS) customLists.push(cleanText(value, 200));
    }
    // The other paths are ids, which must not be taken for a score format.
    else if (/score\w+$/i.test(path)) named = lookUp(MAXIMA, String(value)) ?? named;
  }
  return { isCollection, maximumScore: maximumOf(named, highest), customLists };
}

/** An export may have scores out of 100 in any score format: a score above the format's maximum shows this. */
function maximumOf(named: number | null, highest: number): number | null {
  return named !== null && highest > named ? 100 : named;
}
