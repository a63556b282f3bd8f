import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from './service.js';

export interface LoadRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

/** The connection was refused. */
export const REFUSED = 0;
/** The connection broke during a request. */
export const BROKEN = -1;
/** An idle keep-alive connection was closed as it was reused. HTTP clients retry such requests. */
export const CLOSED_IDLE = -2;

export interface LoadResult {
  /** 2xx responses per second. */
  readonly goodput: number;
  /** Latency of 2xx responses in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Number of responses by status. Failed requests have the codes REFUSED, BROKEN and CLOSED_IDLE. */
  readonly statuses: Readonly<Record<number, number>>;
}

/**
 * Sends requests for some seconds. Each client sends the next one as soon as it has a response, or 20 ms after a
 * response that is not 2xx.
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
