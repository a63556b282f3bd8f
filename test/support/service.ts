import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Clock ticks per second (USER_HZ) in `/proc/<pid>/stat`. */
const TICKS = 100;
/** Milliseconds after which an answer counts as missing. The tests print how long answers take; they do not judge it. */
export const HANG = 30_000;
const PASSWORD = 'correct horse battery';

/** A user with a session. */
export interface ServiceUser {
  readonly id: string;
  readonly username: string;
  readonly password: string;
  readonly headers: Record<string, string>;
}

/** The built service as a separate process with its own data folder, reached over TCP. */
export class Service {
  readonly process: ChildProcess;
  readonly url: string;
  readonly dataDir: string;
  private readonly log: string[] = [];
  private users = 0;

  private constructor(process: ChildProcess, port: number, dataDir: string) {
    this.process = process;
    this.url = `http://localhost:${port}`;
    this.dataDir = dataDir;
    for (const stream of [process.stdout, process.stderr]) {
      stream?.on('data', (chunk: Buffer) => this.log.push(chunk.toString()));
    }
  }

  /** Starts the service and waits until it is ready. Rate limits and load shedding are off unless `env` enables them. */
  static async start(env: Record<string, string> = {}): Promise<Service> {
    const dataDir = env['DATA_DIR'] ?? (await mkdtemp(join(tmpdir(), 'tankobon-service-')));
    const port = Number(env['PORT'] ?? (await freePort()));
    const { args, env: startEnv } = await startCommand();
    const child = spawn(process.execPath, args, {
      env: {
        ...process.env,
        ...startEnv,
        RATE_LIMIT: 'off',
        SHED_LOAD: 'off',
        LOG_LEVEL: 'warn',
        ...env,
        DATA_DIR: dataDir,
        PORT: String(port),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const service = new Service(child, port, dataDir);
    await service.ready();
    return service;
  }

  /** Waits until the service is ready. @throws Error with its log if the process has exited */
  async ready(): Promise<void> {
    for (;;) {
      const answer = await fetch(`${this.url}/health/ready`).catch(() => null);
      await answer?.body?.cancel();
      if (answer?.ok) return;
      if (this.process.exitCode !== null) throw new Error(this.log.join(''));
      await sleep(25);
    }
  }

  async fetch(path: string, init: RequestInit & { json?: unknown } = {}): Promise<Response> {
    const { json, ...rest } = init;
    if (json === undefined) return fetch(this.url + path, rest);
    const headers = { ...(rest.headers as Record<string, string>), 'content-type': 'application/json' };
    return fetch(this.url + path, { ...rest, headers, body: JSON.stringify(json) });
  }

  /** Registers a new user. */
  async user(): Promise<ServiceUser> {
    const username = `reader${++this.users}`;
    const answer = await this.fetch('/auth/register', {
      method: 'POST',
      json: { username, password: PASSWORD },
    });
    const { user, accessToken } = (await answer.json()) as { user: { id: string }; accessToken: string };
    return {
      id: user.id,
      username,
      password: PASSWORD,
      headers: { authorization: `Bearer ${accessToken}` },
    };
  }

  /** Gives a user a new access token, for tests that take longer than the ten minutes of one. */
  async signIn(user: ServiceUser): Promise<void> {
    const { username, password } = user;
    const answer = await this.fetch('/auth/login', { method: 'POST', json: { username, password } });
    const { accessToken } = (await answer.json()) as { accessToken: string };
    user.headers['authorization'] = `Bearer ${accessToken}`;
  }

  /** Resident memory of the process in bytes: now, and the peak since the last `resetPeakMemory`. */
  async memory(): Promise<{ now: number; peak: number }> {
    const status = await readFile(`/proc/${this.process.pid}/status`, 'utf8');
    const bytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
    return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
  }

  async resetPeakMemory(): Promise<void> {
    await writeFile(`/proc/${this.process.pid}/clear_refs`, '5');
  }

  /** CPU time of the process in seconds. */
  async processorSeconds(): Promise<number> {
    const stat = await readFile(`/proc/${this.process.pid}/stat`, 'utf8');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number);
    return ((user ?? 0) + (system ?? 0)) / TICKS;
  }

  /** Standard output and error of the process. */
  get printed(): string {
    return this.log.join('');
  }

  /** Sends a signal and waits for the exit. @returns the exit code, or null after a kill */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const { exitCode, signalCode } = this.process;
    if (exitCode !== null || signalCode !== null) return exitCode;
    const ended = new Promise<number | null>((resolve) => this.process.once('close', resolve));
    this.process.kill(signal);
    return ended;
  }

  /** Stops the service and removes its data folder. */
  async discard(): Promise<void> {
    await this.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

/** Environment and arguments of `node` in the script `npm start`. */
async function startCommand(): Promise<{ args: string[]; env: Record<string, string> }> {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: { start: string } };
  const [, name = '', value = '', args = ''] = /&& (\w+)=(\S+) exec node (.*)$/.exec(scripts.start) ?? [];
  return { args: args.split(' '), env: { [name]: value } };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The body of a reading entry, for the client that the first start seeds. */
export function entryAt(progress: number, visibility: 'private' | 'public' = 'private') {
  return { visibility, progressType: 'chapters', progress, status: 'started', priority: 'mid', client: 1 };
}

/** The percentile of the values at a share from 0 to 1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
