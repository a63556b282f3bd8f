import type { ItemState } from '../../catalog/item-states.js';
import type { SeriesType } from '../../catalog/catalog.entity.js';
import type {
  Priority,
  ProgressType,
  ReadingStatus,
  Visibility,
} from '../../reading-history/entry-fields.js';

/** The names of the formats that an import takes. */
export const FORMATS = ['myanimelist', 'anilist', 'mihon', 'yamtrack', 'goodreads', 'tankobon'] as const;
export type FormatName = (typeof FORMATS)[number];

/** The sites whose ids the catalog's `links` have. */
export type Site = 'mal' | 'anilist' | 'kitsu' | 'mangaupdates' | 'mangadex';

/** What a file says about the work of a row, by which the row is matched with the catalog. */
export interface RowSource {
  /** The title that is shown to the reader; may be empty. */
  readonly title: string;
  /** Other titles of the work. */
  readonly titles: readonly string[];
  /** The kinds of works that it may be; empty if the file does not say. */
  readonly types: readonly SeriesType[];
  readonly authors: readonly string[];
  readonly ids: Readonly<Partial<Record<Site, string>>>;
  /** The series' key in the catalog, in files that this service has written. */
  readonly externalId: string | null;
  /** 13 digits with a valid check digit. */
  readonly isbn: string | null;
  /** The volume's key in the catalog, in files that this service has written. */
  readonly volumeExternalId: string | null;
}

/** A score as the file has it. */
export interface ImportedScore {
  readonly value: number;
  /** The largest possible value; null if the file does not say. 3 means smileys. */
  readonly maximum: number | null;
}

/** A former read, with the fields of `ReadValues`. */
export interface ImportedRead {
  readonly status: Exclude<ReadingStatus, 'planned'>;
  readonly start: string | null;
  readonly end: string | null;
  readonly chapters: number | null;
  readonly volumes: number | null;
  readonly score: number | null;
  readonly notes: string | null;
}

/** The fields of an entry that a file has. An absent field is one that the file does not have, or that is invalid. */
export interface ImportedEntry {
  readonly status?: ReadingStatus;
  /** The reader is reading it again: an entry without former reads gets one. */
  readonly isRereading?: boolean;
  readonly progressType?: ProgressType;
  readonly chapters?: number | null;
  readonly volumes?: number | null;
  readonly reread?: number;
  readonly score?: ImportedScore | null;
  /** Dates, possibly of reduced precision. */
  readonly start?: string | null;
  readonly end?: string | null;
  readonly priority?: Priority;
  readonly visibility?: Visibility;
  readonly notes?: string | null;
  /** Only in files that this service has written. */
  readonly created?: string;
  readonly reads?: readonly ImportedRead[];
}

export interface ImportedItem {
  /** YYYY-MM-DD; null: unknown, the day of the import. */
  readonly buyDate: string | null;
  readonly price: number | null;
  readonly state: ItemState;
  /** ISO 4217 code; null if the file does not say. */
  readonly currency: string | null;
  readonly condition: string | null;
  readonly place: string | null;
  readonly notes: string | null;
}

/** What a file says of a volume that it only knows as owned. */
export const OWNED_ITEM: ImportedItem = {
  buyDate: null,
  price: null,
  state: 'owned',
  currency: null,
  condition: null,
  place: null,
  notes: null,
};

/** What a row changes. */
export type RowContent =
  | { readonly kind: 'entry'; readonly entry: ImportedEntry }
  /**
   * One volume of a series (Goodreads): a read one raises `volumes` of the entry to its position, an owned one is an
   * item.
   */
  | {
      readonly kind: 'volume';
      readonly isRead: boolean;
      /** The fields of the series' entry; null if the row is only about the item. */
      readonly entry: ImportedEntry | null;
      /** Null if the reader does not own the volume. */
      readonly item: ImportedItem | null;
    }
  | { readonly kind: 'rating'; readonly rating: number }
  | { readonly kind: 'item'; readonly item: ImportedItem }
  | { readonly kind: 'settings'; readonly settings: Readonly<Record<string, unknown>> };

/** A row of an imported file. */
export interface ImportedRow {
  /** The line of the file, from 1; null if the format has no lines. */
  readonly line: number | null;
  readonly source: RowSource;
  /** True for a row of another medium, which is refused. */
  readonly isOtherMedium: boolean;
  readonly content: RowContent;
  /** Tags and fields that entries lack, as lines of text for `notes`. */
  readonly extras: readonly string[];
}
