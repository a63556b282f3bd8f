import { CHAPTER, MANGA, TRACKING } from './fields.js';
import { readFields, readInteger, WIRE } from './messages.js';

/** A series of a backup, as far as an import needs it. */
export interface Manga {
  url: string;
  title: string;
  /** The title that the reader has given it. */
  customTitle: string;
  author: string;
  artist: string;
  isFavorite: boolean;
  notes: string;
  /** `order` of the reader's categories. */
  categories: number[];
  tracking: Tracking[];
  /** The highest number of a chapter that is marked as read; null if there is none. */
  highestRead: number | null;
}

/** An entry of a list at another site, which the app keeps up to date. */
export interface Tracking {
  tracker: number;
  mediaId: number;
  title: string;
  lastChapterRead: number;
  score: number;
  status: number;
  /** Milliseconds since 1970; 0 is unknown. */
  startedReading: number;
  finishedReading: number;
  isPrivate: boolean;
}

/** Elements that are kept of a list; real series have a few. */
const MAX_ELEMENTS = 100;

/** @throws InvalidFile */
export function readManga(message: Uint8Array): Manga {
  const manga: Manga = {
    url: '',
    title: '',
    customTitle: '',
    author: '',
    artist: '',
    isFavorite: true,
    notes: '',
    categories: [],
    tracking: [],
    highestRead: null,
  };
  readFields(message, (field, wire, reader) => {
    if (wire === WIRE.bytes) {
      switch (field) {
        case MANGA.url:
          manga.url = reader.string();
          return true;
        case MANGA.title:
          manga.title = reader.string();
          return true;
        case MANGA.customTitle:
          manga.customTitle = reader.string();
          return true;
        case MANGA.author:
          manga.author = reader.string();
          return true;
        case MANGA.artist:
          manga.artist = reader.string();
          return true;
        case MANGA.notes:
          manga.notes = reader.string();
          return true;
        case MANGA.chapters:
          addChapter(manga, reader.bytes());
          return true;
        case MANGA.tracking:
          if (manga.tracking.length === MAX_ELEMENTS) return false;
          manga.tracking.push(readTracking(reader.bytes()));
          return true;
        default:
          return false;
      }
    }
    if (field === MANGA.favorite && wire === WIRE.varint) {
      manga.isFavorite = reader.bool();
      return true;
    }
    if (field === MANGA.categories && wire === WIRE.varint && manga.categories.length < MAX_ELEMENTS) {
      manga.categories.push(readInteger(reader));
      return true;
    }
    return false;
  });
  return manga;
}

function addChapter(manga: Manga, message: Uint8Array): void {
  let isRead = false;
  let number = 0;
  readFields(message, (field, wire, reader) => {
    if (field === CHAPTER.read && wire === WIRE.varint) isRead = reader.bool();
    else if (field === CHAPTER.number && wire === WIRE.fixed32) number = reader.float();
    else return false;
    return true;
  });
  // Negative numbers are chapters whose number the app does not know.
  if (isRead && number >= 0) manga.highestRead = Math.max(manga.highestRead ?? 0, number);
}

function readTracking(message: Uint8Array): Tracking {
  const tracking: Tracking = {
    tracker: 0,
    mediaId: 0,
    title: '',
    lastChapterRead: 0,
    score: 0,
    status: 0,
    startedReading: 0,
    finishedReading: 0,
    isPrivate: false,
  };
  readFields(message, (field, wire, reader) => {
    if (wire === WIRE.varint) {
      const value = () => readInteger(reader);
      if (field === TRACKING.tracker) tracking.tracker = value();
      else if (field === TRACKING.mediaId) tracking.mediaId = value();
      else if (field === TRACKING.mediaId32) tracking.mediaId ||= value();
      else if (field === TRACKING.status) tracking.status = value();
      else if (field === TRACKING.startedReading) tracking.startedReading = value();
      else if (field === TRACKING.finishedReading) tracking.finishedReading = value();
      else if (field === TRACKING.isPrivate) tracking.isPrivate = value() !== 0;
      else return false;
      return true;
    }
    if (field === TRACKING.lastChapterRead && wire === WIRE.fixed32)
      tracking.lastChapterRead = reader.float();
    else if (field === TRACKING.score && wire === WIRE.fixed32) tracking.score = reader.float();
    else if (field === TRACKING.title && wire === WIRE.bytes) tracking.title = reader.string();
    else return false;
    return true;
  });
  return tracking;
}
