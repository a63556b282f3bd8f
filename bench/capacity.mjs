// Estimates the resources for a hundred million users from measurements at three scales: bench/results/scale-*.json,
// made by `npm run bench -- --brief --alone --scale S --json FILE`. Prints the tables of docs/scaling.md.
// Usage: npm run bench:capacity
import { readdirSync, readFileSync } from 'node:fs';

/** The size to estimate. */
const USERS = 100e6;
const ENTRIES = 10e9;
/** Ratios to entries, as in the benchmark's data. */
const RATINGS = ENTRIES / 3;
const ITEMS = ENTRIES / 6;

// Assumptions. Everything else is measured.
const ACTIVE_A_DAY = 0.1;
const REQUESTS_A_DAY = 40;
/** Requests of the busiest hour divided by those of the average hour. */
const PEAK = 3;
/** Shares of requests. */
const MIX = {
  'history-update': 0.22,
  'history-name': 0.05,
  'history-search': 0.05,
  entry: 0.2,
  'entry-update': 0.2,
  'rating-spread': 0.05,
  collection: 0.08,
  'collection-stats': 0.04,
  'series-search': 0.1,
  login: 0.01,
};
/** Utilization of a processor at the peak; the rest is headroom for failures and rolling restarts. */
const UTILIZATION = 0.5;
const CORES_OF_NODE = 4;
const CORES_OF_DATABASE = 16;
/** Bytes of disk of one database node, and how much of it may be full. */
const DISK = 1e12;
const FULL = 0.7;
/** Copies of each row: a primary and a standby. */
const COPIES = 2;
/** Euros for a processor's hour and for a gigabyte's month. */
const CORE_HOUR = 0.04;
const GIGABYTE_MONTH = 0.1;

const folder = new URL('results/', import.meta.url);
const runs = readdirSync(folder)
  .filter((name) => /^scale-.*\.json$/.test(name))
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')))
  .toSorted((one, other) => one.scale - other.scale);
if (runs.length < 3) throw new Error('Three scales are needed: see the top of this file');

const rowsOf = (run, table) => run.storage.find((entry) => entry.table === table).rows;
const entries = runs.map((run) => rowsOf(run, 'reading_entries'));
const figure = (run, name) => run.results.find((result) => result.name === name).service;

/** Extrapolates to a size: linear regression over the logarithm of the number of entries. */
function extrapolate(values, size) {
  const x = entries.map(Math.log10);
  const [meanX, meanY] = [x, values].map((list) => list.reduce((sum, one) => sum + one, 0) / list.length);
  const slope =
    x.reduce((sum, one, index) => sum + (one - meanX) * (values[index] - meanY), 0) /
    x.reduce((sum, one) => sum + (one - meanX) ** 2, 0);
  // A negative slope is noise and counts as zero.
  const rise = Math.max(0, slope);
  return { slope, value: meanY + rise * (Math.log10(size) - meanX) };
}

/** Bytes per row: the difference between the two largest scales, so that fixed overhead cancels out. */
function bytesOf(tables, per) {
  const sum = (run) =>
    run.storage.filter(({ table }) => tables.includes(table)).reduce((total, { bytes }) => total + bytes, 0);
  const [middle, last] = runs.slice(-2);
  return (sum(last) - sum(middle)) / (rowsOf(last, per) - rowsOf(middle, per));
}

const storage = {
  entry: bytesOf(['reading_entries', 'reading_counts'], 'reading_entries'),
  rating: bytesOf(['ratings'], 'ratings'),
  item: bytesOf(['collection_items', 'collection_totals'], 'collection_items'),
  user: bytesOf(['users', 'usernames', 'emails', 'user_roles', 'sessions', 'user_settings'], 'users'),
};
const bytes =
  ENTRIES * storage.entry + RATINGS * storage.rating + ITEMS * storage.item + USERS * storage.user;
const nodesByDisk = Math.ceil(bytes / (DISK * FULL));

const requestsADay = USERS * ACTIVE_A_DAY * REQUESTS_A_DAY;
const peak = (requestsADay / 86_400) * PEAK;
const entriesOfNode = ENTRIES / nodesByDisk;
const mixed = (of) =>
  Object.entries(MIX).reduce(
    (sum, [name, share]) =>
      sum +
      share *
        extrapolate(
          runs.map((run) => of(figure(run, name))),
          entriesOfNode,
        ).value,
    0,
  );
/** Milliseconds of processor time per request, which equal seconds per thousand requests. */
const [serviceCpu, databaseCpu] = [mixed((one) => one.cpu), mixed((one) => one.databaseCpu)];
const serviceNodes = Math.ceil((peak * serviceCpu) / 1000 / UTILIZATION / CORES_OF_NODE);
const nodesByCpu = Math.ceil((peak * databaseCpu) / 1000 / UTILIZATION / CORES_OF_DATABASE);
const databaseNodes = Math.max(nodesByDisk, nodesByCpu);
const bought = (cores) => cores * CORE_HOUR * 24;
const euros =
  (bought(serviceNodes * CORES_OF_NODE + databaseNodes * COPIES * CORES_OF_DATABASE) +
    ((bytes * COPIES) / FULL / 1e9 / 30) * GIGABYTE_MONTH) /
  (requestsADay / 1e6);

const line = (...cells) => process.stdout.write(`| ${cells.join(' | ')} |\n`);
line(
  'operation',
  ...entries.map((number) => `${(number / 1e6).toFixed(1)} M entries`),
  'for ten times as many',
  `at ${(entriesOfNode / 1e6).toFixed(0)} M on a node`,
);
line('---', ...entries.map(() => '--:'), '--:', '--:');
for (const name of Object.keys(MIX)) {
  const values = runs.map((run) => figure(run, name).cpu + figure(run, name).databaseCpu);
  const { slope, value } = extrapolate(values, entriesOfNode);
  line(
    runs[0].results.find((result) => result.name === name).label,
    ...values.map((one) => one.toFixed(2)),
    `${slope < 0 ? '−' : '+'}${Math.abs(slope).toFixed(2)}`,
    value.toFixed(2),
  );
}
process.stdout.write('\n');
line('what', 'how much');
line('---', '--:');
const gigabytes = (value) => `${(value / 1e12).toFixed(1)} TB`;
for (const [what, amount] of Object.entries(storage))
  line(`bytes of one ${what}, with its indexes and counts`, amount.toFixed(0));
line('rows and indexes of all', gigabytes(bytes));
line(
  `the same in ${COPIES} copies, with ${((1 - FULL) * 100).toFixed(0)} % free`,
  gigabytes((bytes * COPIES) / FULL),
);
line('requests a day', `${(requestsADay / 1e6).toFixed(0)} M`);
line('requests a second at the peak', peak.toFixed(0));
line('processor of the service for one request', `${serviceCpu.toFixed(2)} ms`);
line('processor of PostgreSQL for one request', `${databaseCpu.toFixed(2)} ms`);
line(`service nodes of ${CORES_OF_NODE} processors`, serviceNodes);
line('database nodes by disk', nodesByDisk);
line(`database nodes of ${CORES_OF_DATABASE} processors by processor`, nodesByCpu);
line(
  "memory per database node for the rows of one day's active users",
  `${((bytes * ACTIVE_A_DAY) / databaseNodes / 1e9).toFixed(0)} GB`,
);
line(`database nodes, in ${COPIES} copies`, databaseNodes * COPIES);
line('euros for a million requests', euros.toFixed(2));
