// Fills a migrated database by COPY: a catalog, and readers with their data. All values come from a fixed seed, so
// that two runs measure the same rows.
import { hash } from '@node-rs/argon2';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { REFRESH_CARDS, REFRESH_TEXTS } from '../dist/src/catalog/read-model.js';
import { fold, searchTexts } from '../dist/src/search/fold.js';

/** Sizes at scale 1. */
const SERIES = 72_000;
const VOLUMES_PER_SERIES = 2;
const READERS = 20_000;
const ENTRIES = 3_000_000;
const RATINGS = 1_000_000;
const ITEMS = 500_000;
/** Events of each reader, whose entries have as many or more. */
const EVENTS = 50;
/** Numbers of entries, ratings and items of the readers with lists of a fixed size. */
export const SIZES = [100, 1_000, 10_000];
const READERS_PER_SIZE = 4;
/** Number of ordinary readers whose requests are measured. */
const MEASURED = 256;
export const PASSWORD = 'correct horse battery';

const SYLLABLES =
  'ka ki ku ke ko sa shi su se so ta chi tsu te to na ni nu ne no ha hi fu he ho ma mi mu me mo ya yu yo ra ri ru re ro wa gar den sil ver dra gon lan tern moon ar ti sta el do win ter bel mar'.split(
    ' ',
  );
/** Number of different words in names. As in a language, few words are frequent and most are rare. */
const WORDS = 6_000;
const TYPES = ['Manga', 'Manga', 'Manga', 'Manhwa', 'Novel', 'Manhua', 'Comic'];
const STATUSES = [
  'started',
  'started',
  'started',
  'completed',
  'completed',
  'completed',
  'paused',
  'dropped',
];
const PRIORITIES = ['low', 'mid', 'mid', 'high'];
const DAY = 86_400_000;
/** The latest time of all seeded events. */
const NOW = Date.parse('2026-06-01T00:00:00Z');

/**
 * @param client a connection of a role that may COPY
 * @param scale 1 for the sizes above; all but the catalog and the readers of fixed sizes grow with it
 * @returns the readers to measure with
 */
export async function seed(client, scale) {
  const random = generator(20_261_122);
  const pick = (values) => values[Math.floor(random() * values.length)];
  const count = (full) => Math.max(1, Math.round(full * scale));
  const readers = readersOf(count(READERS), random);

  // Removes the sample catalog of the first start.
  await client.query('truncate series, series_counts cascade');
  await copy(
    client,
    'series (id, external_id, name, type, slug, origin, digest, tags, authors)',
    function* () {
      for (let id = 1; id <= SERIES; id++) {
        const names = namesOf(id);
        yield [
          id,
          `bench-${id}`,
          names[0],
          pick(TYPES),
          slugOf(names[0]),
          'Japanese',
          'x',
          '{Action,Drama}',
          '{Somebody}',
        ];
      }
    },
  );
  await copy(client, 'series_search (series_id, search_text, search_compact)', function* () {
    for (let id = 1; id <= SERIES; id++) {
      const { text, compact } = searchTexts(namesOf(id));
      yield [id, text, compact];
    }
  });
  await copy(client, 'series_titles (series_id, position, language, title)', function* () {
    for (let id = 1; id <= SERIES; id++) {
      for (const [position, title] of namesOf(id).entries()) {
        yield [id, position + 1, ['en', 'ja', 'de'][position], title];
      }
    }
  });
  await copy(client, 'series_descriptions (series_id, language, text)', function* () {
    for (let id = 1; id <= SERIES; id++) {
      yield [id, 'en', `${namesOf(id)[0]} goes on where others would have stopped. `.repeat(5).trim()];
    }
  });
  await copy(
    client,
    'volumes (id, external_id, series_id, name, slug, group_order, language, release_date, publisher, pages, cover_path, aspect_ratio)',
    function* () {
      for (let id = 1; id <= SERIES * VOLUMES_PER_SERIES; id++) {
        const [series, order] = [Math.ceil(id / VOLUMES_PER_SERIES), ((id - 1) % VOLUMES_PER_SERIES) + 1];
        const name = `${namesOf(series)[0]} ${order}`;
        yield [
          id,
          `bench-${id}`,
          series,
          name,
          slugOf(name),
          order,
          'en',
          day(random),
          'Paper Moon',
          192,
          `/covers/${id}.webp`,
          0.7,
        ];
      }
    },
  );

  await copy(client, 'volume_search (volume_id, series_id, search_text, search_compact)', function* () {
    for (let id = 1; id <= SERIES * VOLUMES_PER_SERIES; id++) {
      const [series, order] = [Math.ceil(id / VOLUMES_PER_SERIES), ((id - 1) % VOLUMES_PER_SERIES) + 1];
      const { text, compact } = searchTexts([`${namesOf(series)[0]} ${order}`]);
      yield [id, series, text, compact];
    }
  });
  for (const { text } of [REFRESH_CARDS, REFRESH_TEXTS]) {
    await client.query(text, [Array.from({ length: SERIES }, (_, index) => index + 1)]);
  }

  const passwordHash = await hash(PASSWORD, {
    algorithm: 2,
    memoryCost: 19_456,
    timeCost: 2,
    parallelism: 1,
  });
  await copy(client, 'users (id, username, slug, password_hash, search_text)', function* () {
    for (const { id, name } of readers) yield [id, name, name, passwordHash, `\n${name}\n`];
  });
  await copy(client, 'usernames (key, user_id)', function* () {
    for (const { id, name } of readers) yield [name, id];
  });
  await client.query(
    `insert into user_roles (user_id, role_id)
     select u.id, r.id from users u, roles r where u.username like 'bench%' and r.name = 'user'`,
  );
  await copy(client, 'sessions (user_id, id, expires, ip)', function* () {
    for (const { id, session } of readers) yield [id, session, '2036-01-01T00:00:00Z', '127.0.0.1'];
  });

  const ordinary = readers.filter(({ size }) => size === undefined).length;
  const fixed = SIZES.reduce((sum, size) => sum + size * READERS_PER_SIZE, 0);
  const each = (full) => Math.max(1, Math.round((count(full) - fixed * scale) / ordinary));
  const keeps = { entries: each(ENTRIES), ratings: each(RATINGS), items: each(ITEMS) };
  const kept = (reader, what) => reader.size ?? keeps[what];
  await copy(
    client,
    'reading_entries (user_id, series_id, series_name, visibility, progress, status, score, priority, start, notes, client_id, last_update, version, read_id)',
    function* () {
      for (const reader of readers) {
        let version = 0;
        for (const series of spread(reader, kept(reader, 'entries'), SERIES)) {
          yield [
            reader.id,
            series,
            namesOf(series)[0],
            random() < 0.7 ? 'public' : 'private',
            Math.floor(random() * 200),
            pick(STATUSES),
            random() < 0.5 ? 1 + Math.floor(random() * 19) / 2 : null,
            pick(PRIORITIES),
            random() < 0.5 ? day(random).slice(0, 7) : null,
            random() < 0.1 ? 'Lent to a friend; ask for it in spring.' : null,
            1,
            new Date(NOW - random() * 365 * DAY).toISOString(),
            ++version,
            version,
          ];
        }
      }
    },
  );
  await copy(client, 'reader_counters (user_id, number)', function* () {
    for (const reader of readers) yield [reader.id, kept(reader, 'entries')];
  });
  // The log has the last changes of each reader. Their time is that of the seed, because the service deletes old events.
  await copy(
    client,
    'reader_events (user_id, number, kind, action, series_id, client_id, before, after)',
    function* () {
      for (const reader of readers) {
        let number = kept(reader, 'entries');
        for (const series of spread(reader, Math.min(EVENTS, number), SERIES)) {
          const [former, progress] = [number % 200, 1 + (number % 200)];
          const [before, after] = [former, progress].map((value) =>
            JSON.stringify({ progress: value, chapters: value }),
          );
          yield [reader.id, number--, 'entry', 'update', series, 1, before, after];
        }
      }
    },
  );
  await copy(client, 'ratings (user_id, series_id, rating)', function* () {
    for (const reader of readers) {
      for (const series of spread(reader, kept(reader, 'ratings'), SERIES)) {
        yield [reader.id, series, 1 + Math.floor(random() * 91) / 10];
      }
    }
  });
  await copy(
    client,
    'collection_items (user_id, volume_id, series_id, series_name, group_order, client_id, price, currency, buy_date)',
    function* () {
      for (const reader of readers) {
        for (const volume of spread(reader, kept(reader, 'items'), SERIES * VOLUMES_PER_SERIES)) {
          const series = Math.ceil(volume / VOLUMES_PER_SERIES);
          yield [
            reader.id,
            volume,
            series,
            namesOf(series)[0],
            ((volume - 1) % VOLUMES_PER_SERIES) + 1,
            1,
            (3 + Math.floor(random() * 1200) / 100).toFixed(2),
            'EUR',
            day(random),
          ];
        }
      }
    },
  );
  // The counters that the service updates in the transaction of each rating.
  const buckets = Array.from({ length: 10 }, (_, index) => index + 1);
  await client.query(
    `insert into rating_totals (series_id, count, sum, ${buckets.map((bucket) => `r${bucket}`).join(', ')})
     select series_id, count(*), sum(rating),
       ${buckets.map((bucket) => `count(*) filter (where floor(rating + 0.5) = ${bucket})`).join(', ')}
     from ratings group by series_id`,
  );
  await client.query(
    `select setval(pg_get_serial_sequence('series', 'id'), ${SERIES}), setval(pg_get_serial_sequence('volumes', 'id'), ${SERIES * VOLUMES_PER_SERIES})`,
  );
  await client.query('vacuum analyze');
  await client.query('checkpoint');
}

/**
 * The measured readers, ordinary ones and those with lists of a fixed size, each with the ids of series in the
 * history.
 */
export function measuredReaders(scale) {
  const all = readersOf(Math.max(1, Math.round(READERS * scale)), generator(20_261_122));
  const ordinary = all.filter(({ size }) => size === undefined).slice(0, MEASURED);
  const entries = Math.floor(ENTRIES / READERS) - 20;
  const withSeries = (reader) => ({
    ...reader,
    series: [...spread(reader, Math.min(reader.size ?? entries, entries), SERIES)],
  });
  return {
    ordinary: ordinary.map(withSeries),
    bySize: new Map(
      SIZES.map((size) => [size, all.filter((reader) => reader.size === size).map(withSeries)]),
    ),
  };
}

/** The three names of a series, distributed so that sorting and searching cost as much as with real names. */
export function namesOf(id) {
  const random = generator(id);
  const words = Array.from({ length: 5 }, () => wordOf(Math.floor(WORDS * random() ** 2)));
  const name = capitalized(words.slice(0, 1 + Math.floor(random() * 3)).join(' '));
  return [name, `${words[3]}・${words[4]}`, `${capitalized(words[3])} ${words[4]}`];
}

/** The word of a frequency rank: two to four syllables, the same in every run. */
function wordOf(rank) {
  const random = generator(rank * 7_919);
  const length = 2 + Math.floor(random() * 3);
  return Array.from({ length }, () => SYLLABLES[Math.floor(random() * SYLLABLES.length)]).join('');
}

function capitalized(text) {
  return text.replace(/(^| )./g, (letter) => letter.toUpperCase());
}

function readersOf(number, random) {
  const sizes = SIZES.flatMap((size) => Array.from({ length: READERS_PER_SIZE }, () => size));
  return Array.from({ length: number + sizes.length }, (_, index) => ({
    id: (0x5f00_0000_0000_0000_0000_0000n + BigInt(index)).toString(16).padStart(24, '0').slice(-24),
    name: `bench${index}`,
    session: `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
    size: sizes[index],
    offset: Math.floor(random() * SERIES),
  }));
}

/** Generates distinct numbers from 1 to `of`, spread over the range. */
function* spread({ offset }, number, of) {
  // A stride that is coprime to the catalog's size repeats no number.
  const stride = 7_919;
  for (let index = 0; index < number; index++) yield ((offset + index * stride) % of) + 1;
}

async function copy(client, target, rows) {
  const stream = client.query(copyFrom(`copy ${target} from stdin`));
  let chunk = '';
  for (const row of rows()) {
    chunk += `${row.map(escaped).join('\t')}\n`;
    if (chunk.length > 65_536) {
      if (!stream.write(chunk)) await once(stream, 'drain');
      chunk = '';
    }
  }
  stream.end(chunk);
  await finished(stream);
}

function escaped(value) {
  if (value === null) return '\\N';
  return String(value).replace(
    /[\\\t\n\r]/g,
    (one) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[one],
  );
}

function day(random) {
  return new Date(NOW - random() * 3_650 * DAY).toISOString().slice(0, 10);
}

function slugOf(name) {
  return fold(name).replace(/[^a-z0-9]+/g, '-');
}

/** A pseudo-random generator of numbers from 0 to 1, with a fixed seed. */
function generator(start) {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}
