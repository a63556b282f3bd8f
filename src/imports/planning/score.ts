import type { ImportedScore } from '../formats/imported-row.js';

/** The scores of sad, neutral and happy smileys. */
const SMILEYS: Readonly<Record<number, number>> = { 1: 3.5, 2: 6, 3: 8.5 };
const SMILEY_MAXIMUM = 3;

/**
 * A score of a file as a score from 0 to 10, rounded half up to one digit.
 *
 * @param scale the largest possible value, where the file does not name it
 * @returns null for unscored, undefined for an invalid score
 */
export function scoreOfTen({ value, maximum }: ImportedScore, scale: number): number | null | undefined {
  const largest = maximum ?? scale;
  if (value === 0) return null;
  if (largest === SMILEY_MAXIMUM) return SMILEYS[value];
  if (!(value > 0 && value <= largest)) return undefined;
  // The summand is smaller than any difference of decimal scores and larger than the error of binary fractions.
  return Math.floor((value * 100) / largest + 0.5 + 1e-9) / 10 || null;
}

/** Scores above this one show that a file without a maximum counts to 100. */
const TEN = 10;

/** Whether a score shows that the file counts to 100. */
export function countsToHundred(score: ImportedScore | null | undefined): boolean {
  return score?.maximum === null && score.value > TEN;
}

/** The largest possible score of a file that does not name it. */
export function detectedScale(isAboveTen: boolean): number {
  return isAboveTen ? 100 : TEN;
}
