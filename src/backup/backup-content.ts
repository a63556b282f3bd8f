/** Name of the first file of a backup, which identifies it. */
export const HEADER_FILE = 'tankobon-backup.json';
/** Name of the last file of a backup. */
export const MANIFEST_FILE = 'manifest.json';
/** The folders of the other files. */
export const TABLES_FOLDER = 'tables/';
export const PICTURES_FOLDER = 'pictures/';

/** The version of the format of backups. A program reads its own and all earlier ones. */
export const FORMAT = 1;

/** A table of a backup. Generated columns are left out: the database that is restored computes them. */
export interface BackupTable {
  readonly name: string;
  readonly columns: readonly string[];
}

/** What a backup says about itself in its first file. */
export interface BackupHeader {
  readonly format: number;
  /** The version of the program that wrote the backup. */
  readonly version: string;
  readonly created: string;
  /** The version of the PostgreSQL server. */
  readonly postgresql: string;
  /** The migrations of the database, in the order in which they were applied. */
  readonly migrations: readonly string[];
  /** The tables, each after the tables that its foreign keys refer to. */
  readonly tables: readonly BackupTable[];
}

/** The size of a table's rows, and the checksum of their text. */
export interface TableSum {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

export interface PictureSums {
  /** Number of pictures: folders of files. */
  readonly pictures: number;
  readonly files: number;
  readonly bytes: number;
  /** Number of pictures that rows refer to, but whose files are missing. */
  readonly missing: number;
}

/** The position of a sequence. */
export interface SequencePosition {
  readonly name: string;
  readonly last: string;
  readonly called: boolean;
}

/** What a backup contains, in its last file. */
export interface BackupManifest extends PictureSums {
  readonly tables: Readonly<Record<string, TableSum>>;
  readonly sequences: readonly SequencePosition[];
}

/** Shows how far a step is. */
export interface Progress {
  /** Begins a step. @param total null if it is unknown */
  begin(step: string, total: number | null): void;
  /** Adds to what is done of the step. */
  add(amount: number): void;
}
