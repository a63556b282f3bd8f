import type { Source } from './files/source.js';
import type { Member } from './files/zip.js';
import type { FormatName, ImportedRow } from './imported-row.js';

/** The beginning of a file. */
export interface FileHead {
  /** The first 64 KiB. */
  readonly bytes: Buffer;
  /** The text of `bytes`, without a byte-order mark. */
  readonly text: string;
}

/** A format that an import takes. */
export interface Format {
  readonly name: FormatName;

  /** Whether a file that begins so has this format. */
  recognizes(head: FileHead): boolean;

  /**
   * The rows of a file.
   *
   * @throws InvalidFile
   */
  rows(file: Source): AsyncGenerator<ImportedRow>;

  /** A format that is itself an archive of several files. */
  readonly archive?: {
    recognizes(names: ReadonlySet<string>): boolean;
    rows(members: readonly Member[]): AsyncGenerator<ImportedRow>;
  };
}
