import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Ticks of the kernel's clock in a second, in which it counts a process's work. */
const TICKS = 100;
const PASSWORD = 'correct horse battery';

/** Somebody signed in at a running service. */
export interface ServiceUser {
  readonly id: string;
  readonly username: string;
  readonly password: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The service as production runs it: the built process, on a data folder of its own, reached over TCP. */
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

  /** Starts the service and waits until it is ready. The limits are off unless a test is about them. */
  static async start(env: Record<string, string> = {}): Promise<Service> {
    const dataDir = env['DATA_DIR'] ?? (await mkdtemp(join(tmpdir(), 'tankobon-service-')));
    const port = Number(env['PORT'] ?? (await freePort()));
    const child = spawn(process.execPath, await startArguments(), {
      env: {
        ...process.env,
        RATE_LIMIT: 'off',
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

  /** Waits until the service answers that it is ready. @throws when it has ended instead */
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

  /** Registers somebody. */
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

  /** Bytes of memory that the process has now, and the most that it has had since the last `forgetPeak`. */
  async memory(): Promise<{ now: number; peak: number }> {
    const status = await readFile(`/proc/${this.process.pid}/status`, 'utf8');
    const bytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
    return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
  }

  async forgetPeak(): Promise<void> {
    await writeFile(`/proc/${this.process.pid}/clear_refs`, '5');
  }

  /** Seconds that processors have worked for the process so far. */
  async processorSeconds(): Promise<number> {
    const stat = await readFile(`/proc/${this.process.pid}/stat`, 'utf8');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number);
    return ((user ?? 0) + (system ?? 0)) / TICKS;
  }

  /** Everything that the process has printed. */
  get printed(): string {
    return this.log.join('');
  }

  /** Ends the service in order. @returns its exit code */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const { exitCode, signalCode } = this.process;
    if (exitCode !== null || signalCode !== null) return exitCode;
    const ended = new Promise<number | null>((resolve) => this.process.once('close', resolve));
    this.process.kill(signal);
    return ended;
  }

  /** Ends the service and removes its data. */
  async discard(): Promise<void> {
    await this.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

/** What `npm start` gives to Node. */
async function startArguments(): Promise<string[]> {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: { start: string } };
  return (/&& exec node (.*)$/.exec(scripts.start)?.[1] ?? '').split(' ');
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The body of a reading entry at a service that has just been started. */
export function entryAt(progress: number, visibility: 'private' | 'public' = 'private') {
  return { visibility, progressType: 'chapters', progress, status: 'started', priority: 'mid', client: 1 };
}

/** The value below which a share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
