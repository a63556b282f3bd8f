// The measured operations and their requests, which are the same for the service and for LIMIT.
import { namesOf, PASSWORD } from './seed.mjs';

/** Number of requests in the cycle that a run repeats. */
const ROUND = 512;

/** A version that no entry reaches, so that no entry has changed after it. */
const LAST_VERSION = 2_147_483_647;

const entry = (index) => ({
  visibility: index % 3 === 0 ? 'private' : 'public',
  progressType: 'chapters',
  progress: 1 + (index % 500) / 2,
  status: 'started',
  priority: 'mid',
  client: 1,
});

const list = (query) => (reader) => ({ path: `/user/reading-history${query}`, reader });
const searched = (reader, index) => {
  const series = reader.series[index % reader.series.length];
  // A lower-case word of the name of a series in the reader's history.
  const term = namesOf(series)[0].split(' ').at(-1).toLowerCase();
  return { path: `/user/reading-history?search=${encodeURIComponent(term)}`, reader };
};

/** The series of a bulk: as many of the reader's history as there are, at most 100. */
const bulkOf = (reader, index) => ({
  client: 1,
  items: reader.series.slice(0, 100).map((id) => ({
    op: 'progress',
    series_id: id,
    mode: 'increment',
    value: (1 + (index % 3)) / 100,
  })),
});

/**
 * Name, label, and `of`, which builds a request of a reader; `cursorOf` makes a cursor of the changes after a version.
 * `aim` is the least ratio of the service's requests per second to LIMIT's. An operation with `growth` is also measured
 * at each list size. The fields of `own` are set by each server itself. One with `isComparedLast` changes many entries within a millisecond, in an order of the server's own.
 */
export const OPERATIONS = [
  {
    name: 'history-update',
    label: 'history by last update',
    growth: 1.3,
    aim: 0.8,
    of: list(''),
  },
  {
    name: 'history-name',
    label: 'history by name',
    growth: 2,
    aim: 0.8,
    of: list('?order=name-asc'),
  },
  { name: 'history-search', label: 'history with search', growth: 3, aim: 0.9, of: searched },
  {
    name: 'entry',
    label: 'one entry read',
    aim: 0.85,
    of: (reader, index) => ({
      path: `/user/reading-status/id/${reader.series[index % reader.series.length]}`,
      reader,
    }),
  },
  {
    name: 'changes-empty',
    label: 'changes, none',
    aim: null,
    own: ['cursor'],
    of: (reader, _index, cursorOf) => ({
      path: `/user/reading-history/changes?cursor=${cursorOf(reader, LAST_VERSION)}`,
      reader,
    }),
  },
  {
    name: 'changes-full',
    label: 'changes, page of 100',
    aim: null,
    own: ['cursor'],
    of: (reader) => ({ path: '/user/reading-history/changes', reader }),
  },
  {
    name: 'events',
    label: 'log of changes',
    aim: null,
    of: (reader) => ({ path: '/user/events', reader }),
  },
  {
    name: 'entry-update',
    label: 'one entry updated',
    aim: 0.65,
    of: (reader, index) => ({
      path: `/user/reading-status/update/${reader.series[index % reader.series.length]}`,
      reader,
      json: entry(index),
    }),
  },
  {
    name: 'progress',
    label: 'progress command',
    aim: null,
    of: (reader, index) => ({
      path: `/user/reading-status/progress/${reader.series[index % reader.series.length]}`,
      reader,
      json: { op: 'increment', value: (1 + (index % 50)) / 100, client: 1 },
    }),
  },
  {
    name: 'bulk',
    label: 'bulk of 100',
    aim: null,
    own: ['id'],
    isComparedLast: true,
    of: (reader, index) => ({ path: '/user/reading-history/bulk', reader, json: bulkOf(reader, index) }),
  },
  {
    name: 'rating-spread',
    label: 'rating changed, spread',
    aim: 0.78,
    of: (reader, index) => ({
      path: `/user/series-rating/update/${reader.series[index % 40]}`,
      reader,
      json: { rating: 1 + (index % 91) / 10 },
    }),
  },
  {
    name: 'rating-hot',
    label: 'rating changed, one series',
    aim: 1,
    of: (reader, index) => ({
      path: '/user/series-rating/update/1',
      reader,
      json: { rating: 1 + (index % 91) / 10 },
    }),
  },
  {
    name: 'collection',
    label: 'collection by name',
    growth: 1.3,
    aim: 0.7,
    of: (reader) => ({ path: '/user/collection?client=1', reader }),
  },
  {
    name: 'collection-stats',
    label: 'collection statistics',
    growth: null,
    aim: 0.85,
    of: (reader) => ({ path: '/user/collection/stats/general?client=1', reader }),
  },
  {
    name: 'series-search',
    label: 'series search',
    aim: null,
    of: (_reader, index) => ({
      path: `/series?search=${encodeURIComponent(namesOf(1 + ((index * 997) % 72_000))[0].toLowerCase())}`,
    }),
  },
  {
    name: 'login',
    label: 'login',
    aim: null,
    clients: 4,
    of: (reader) => ({ path: '/auth/login', json: { username: reader.name, password: PASSWORD } }),
  },
];

/**
 * Builds the requests of an operation for the load generator.
 *
 * @param credentials `tokenOf` gives a reader's access token, `cursorOf` a cursor
 */
export function requestsOf(operation, readers, { tokenOf, cursorOf }) {
  return Array.from({ length: ROUND }, (_, index) => {
    const { path, reader, json } = operation.of(
      readers[index % readers.length],
      Math.floor(index / readers.length) * 7 + index,
      cursorOf,
    );
    const headers = {
      ...(reader === undefined ? {} : { authorization: `Bearer ${tokenOf(reader)}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const method = json === undefined ? 'GET' : 'POST';
    return { method, path, headers, ...(json === undefined ? {} : { body: JSON.stringify(json) }) };
  });
}
