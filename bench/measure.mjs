// Runs requests against one server and measures the cost.
import autocannon from 'autocannon';
import { processorSeconds, residentMemory, serverSeconds } from './processes.mjs';

/** Concurrent clients: enough to saturate two processors. */
const CLIENTS = 16;

/** The number of rounds of each list size in a run of so many rounds. */
export function growthRounds(rounds) {
  return Math.min(rounds, 3);
}

/**
 * Sends the requests in a cycle. Each client sends its next request as soon as it has a response.
 *
 * @param postmaster the process of the PostgreSQL server
 * @returns requests per second; median and 99th percentile of the latency in milliseconds; seconds of processor time
 *   for 1,000 requests, of the server and of PostgreSQL; MiB of the server's memory; number of errors and of
 *   responses other than 2xx
 */
export async function measure({ server, postmaster, requests, seconds, clients = CLIENTS }) {
  const times = [];
  let errors = 0;
  let started = 0;
  const before = await processorSeconds(server.pid);
  const databaseBefore = await serverSeconds(postmaster);
  const begin = performance.now();
  const run = autocannon({
    url: server.url,
    connections: clients,
    duration: seconds,
    timeout: 30,
    // Clients start at different offsets, so that they do not all send the same request.
    setupClient: (client) => {
      const from = Math.floor((started++ * requests.length) / clients);
      client.setRequests([...requests.slice(from), ...requests.slice(0, from)]);
    },
  });
  run.on('response', (_client, status, _bytes, milliseconds) => {
    if (status >= 200 && status < 300) times.push(milliseconds);
    else errors++;
  });
  const { errors: broken } = await run;
  const duration = (performance.now() - begin) / 1000;
  const cpu = (await processorSeconds(server.pid)) - before;
  const database = (await serverSeconds(postmaster)) - databaseBefore;
  times.sort((one, other) => one - other);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  return {
    perSecond: times.length / duration,
    p50: at(0.5),
    p99: at(0.99),
    cpu: (cpu / times.length) * 1000,
    databaseCpu: (database / times.length) * 1000,
    memory: await residentMemory(server.pid),
    errors: errors + broken,
  };
}

export function median(values) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

/** The median of each figure; errors are added up. */
export function medians(rounds) {
  const figures = Object.keys(rounds[0]).map((name) => {
    const values = rounds.map((round) => round[name]);
    return [name, name === 'errors' ? values.reduce((sum, one) => sum + one, 0) : median(values)];
  });
  return Object.fromEntries(figures);
}
