import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../src/embedded-postgres/process-table.js';
import { freePort, percentile, Service } from './service.js';

const KINDS = ['service', 'database', 'both'] as const;

/** The pid of the embedded PostgreSQL. Waits while it restarts. */
async function serverPid(dataDir: string): Promise<number> {
  const file = join(dataDir, 'postgres', 'postmaster.pid');
  for (;;) {
    const pid = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
    if (pid > 0 && isAlive(pid)) return pid;
    await sleep(20);
  }
}

/** A service whose processes are killed at random moments. It keeps its port and its data folder. */
export class Storm {
  /** Milliseconds from each kill until the service was ready again. */
  readonly recoveries: number[] = [];
  private readonly kills = { service: 0, database: 0, both: 0 };

  private constructor(
    readonly url: string,
    private readonly env: Record<'DATA_DIR' | 'PORT' | 'LOG_LEVEL', string>,
    private readonly random: () => number,
    private running: Service,
  ) {}

  static async start(random: () => number): Promise<Storm> {
    const dataDir = await mkdtemp(join(tmpdir(), 'tankobon-storm-'));
    const port = String(await freePort());
    const env = { DATA_DIR: dataDir, PORT: port, LOG_LEVEL: 'silent' };
    return new Storm(`http://localhost:${port}`, env, random, await Service.start(env));
  }

  /** The service that runs now. */
  get service(): Service {
    return this.running;
  }

  /** Kills the service, its database or both with SIGKILL, and waits until the service is ready again. */
  async kill(): Promise<void> {
    await sleep(200 + this.random() * 800);
    const pid = await serverPid(this.env.DATA_DIR);
    const kind = KINDS[Math.floor(this.random() * KINDS.length)] ?? 'both';
    this.kills[kind]++;
    const begin = performance.now();
    if (kind !== 'service') process.kill(pid, 'SIGKILL');
    if (kind !== 'database') {
      await this.running.stop('SIGKILL');
      this.running = await Service.start(this.env);
    } else await this.running.ready();
    this.recoveries.push(performance.now() - begin);
  }

  /** The kills and recoveries as text. */
  get summary(): string {
    const [median, most] = [percentile(this.recoveries, 0.5), Math.max(...this.recoveries)];
    return (
      `${this.recoveries.length} kills ${JSON.stringify(this.kills)}, ` +
      `ready again after ${median.toFixed(0)} ms, at most ${most.toFixed(0)} ms`
    );
  }

  /** Stops the service and removes its data folder. @returns the exit code */
  async end(): Promise<number | null> {
    const code = await this.running.stop();
    await rm(this.env.DATA_DIR, { recursive: true, force: true });
    return code;
  }
}
