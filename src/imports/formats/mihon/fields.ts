/**
 * The numbers of the fields that an import needs, in the messages of a backup. Fields with other numbers are skipped.
 * Mihon, Tachiyomi and their forks agree on these.
 */
export const BACKUP = { manga: 1, categories: 2 } as const;

export const CATEGORY = { name: 1, order: 2 } as const;

export const MANGA = {
  url: 2,
  title: 3,
  artist: 4,
  author: 5,
  chapters: 16,
  categories: 17,
  tracking: 18,
  favorite: 100,
  notes: 110,
  customTitle: 800,
} as const;

export const CHAPTER = { read: 4, number: 9 } as const;

export const TRACKING = {
  tracker: 1,
  /** Of old backups; newer ones have `mediaId`. */
  mediaId32: 3,
  title: 5,
  lastChapterRead: 6,
  score: 8,
  status: 9,
  startedReading: 10,
  finishedReading: 11,
  isPrivate: 12,
  mediaId: 100,
} as const;
