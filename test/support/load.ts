import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from './service.js';

/** A request to be sent many times. */
export interface LoadRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

/** Nobody listened. */
export const REFUSED = 0;
/** A connection broke in the middle of a request. */
export const BROKEN = -1;
/** A kept connection was closed just as it was used again: HTTP clients repeat such requests by themselves. */
export const CLOSED_IDLE = -2;

/** What a run of requests gave. */
export interface LoadResult {
  /** Answers of 2xx in a second. */
  readonly goodput: number;
  /** Milliseconds of the answers of 2xx. */
  readonly p50: number;
  readonly p99: number;
  /** How many answers of each status; what became of requests without one is below 1. */
  readonly statuses: Readonly<Record<number, number>>;
}

/**
 * Sends requests for some seconds, each client the next one as soon as it has an answer; one that is told to come
 * again later waits for a moment.
 */
export async function load(
  url: string,
  clients: number,
  seconds: number,
  next: (index: number) => LoadRequest,
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const { hostname, port } = new URL(url);
  const times: number[] = [];
  const statuses: Record<number, number> = {};
  let sent = 0;
  const begin = performance.now();
  const end = begin + seconds * 1000;
  const send = ({ method = 'GET', path, headers = {}, json }: LoadRequest) =>
    new Promise<number>((resolve) => {
      const body = json === undefined ? undefined : JSON.stringify(json);
      const type =
        body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const call = request(
        { agent, hostname, port, method, path, headers: { ...headers, ...type } },
        (response) => {
          response.resume().on('end', () => resolve(response.statusCode ?? 0));
          response.on('error', () => resolve(BROKEN));
        },
      );
      call.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED') resolve(REFUSED);
        else resolve(call.reusedSocket ? CLOSED_IDLE : BROKEN);
      });
      call.end(body);
    });
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() < end) {
        const from = performance.now();
        const status = await send(next(sent++));
        statuses[status] = (statuses[status] ?? 0) + 1;
        if (status >= 200 && status < 300) times.push(performance.now() - from);
        else await sleep(20);
      }
    }),
  );
  agent.destroy();
  const duration = (performance.now() - begin) / 1000;
  return {
    goodput: times.length / duration,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    statuses,
  };
}
