/** The content of a file is none of the formats, or not the one that was named. */
export class UnknownFormat extends Error {}

/** A file of a known format that cannot be read: damaged, hostile, or beyond the limits. */
export class InvalidFile extends Error {
  /**
   * @param line the line at which reading stopped, from 1; null if there is none
   * @param reason for logs and tests; the answer is always "Invalid file"
   */
  constructor(
    readonly line: number | null,
    reason: string,
    cause?: unknown,
  ) {
    super(reason, { cause });
  }
}
