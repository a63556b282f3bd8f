import { anilist } from './anilist/anilist.js';
import type { Format } from './format.js';
import { goodreads } from './goodreads/goodreads.js';
import { mihon } from './mihon/mihon.js';
import { myAnimeList } from './myanimelist/myanimelist.js';
import { tankobon } from './tankobon/tankobon.js';
import { yamtrack } from './yamtrack/yamtrack.js';

/** All formats, in the order in which they are tried. Mihon is last: its files have no signature. */
export const ALL_FORMATS: readonly Format[] = [myAnimeList, anilist, tankobon, yamtrack, goodreads, mihon];
