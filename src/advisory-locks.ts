/**
 * The keys of all advisory locks in PostgreSQL. Nodes of different versions use them at the same time: never reuse or
 * renumber a key.
 */
export const ADVISORY_LOCKS = {
  /** Shared by every process that uses the embedded server; the last one stops it. */
  embeddedServerInUse: 7_001,
  /** Held by the service process, of which each data folder has at most one. */
  embeddedService: 7_002,
  /** Held while a node migrates or seeds the database. */
  prepareDatabase: 7_003,
  /** Held by a catalog import while it writes, so that imports are serialized. */
  importCatalog: 7_004,
  /** Held by the node that removes files without a row, so that only one node does so. */
  sweepFiles: 7_005,
  /** Held while a rating changes the counters of a series, whose id is the second key. */
  ratingTotals: 7_006,
  /** Held by a backup, and shared by what removes files of pictures: a backup's pictures stay until it ends. */
  backUpPictures: 7_010,
} as const;

export type AdvisoryLock = keyof typeof ADVISORY_LOCKS;
