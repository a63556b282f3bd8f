/**
 * The keys of all advisory locks in PostgreSQL. They are values of the protocol between nodes of different versions:
 * never reuse or renumber one.
 */
export const ADVISORY_LOCKS = {
  /** Shared by every process that uses the embedded server; the last one stops it. */
  embeddedServerInUse: 7_001,
  /** Held by the one service of a data folder. */
  embeddedService: 7_002,
  /** Held while a node migrates or seeds the database. */
  prepareDatabase: 7_003,
  /** Held by the one catalog import that writes. */
  importCatalog: 7_004,
  /** Held by the one node that removes files without a row. */
  sweepFiles: 7_005,
} as const;

export type AdvisoryLock = keyof typeof ADVISORY_LOCKS;
