import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { PROJECT_FOLDER } from '../../src/project-folder.js';

const run = promisify(execFile);
const main = join(PROJECT_FOLDER, 'dist', 'src', 'main.js');
const started: Service[] = [];
const folders: string[] = [];

class Service {
  output = '';
  private constructor(
    readonly process: ChildProcess,
    readonly url: string,
    readonly ended: Promise<number | null>,
  ) {}

  static async start(env: Record<string, string>): Promise<Service> {
    const port = env['PORT'] ?? String(await freePort());
    const child = spawn(process.execPath, [main], {
      env: { PATH: process.env['PATH'], LOG_LEVEL: 'warn', RATE_LIMIT: 'off', ...env, PORT: port },
      cwd: PROJECT_FOLDER,
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const service = new Service(child, `http://localhost:${port}`, ended);
    started.push(service);
    child.stdout.on('data', (chunk) => (service.output += String(chunk)));
    child.stderr.on('data', (chunk) => (service.output += String(chunk)));
    return service;
  }

  async ready(seconds = 240): Promise<this> {
    const end = Date.now() + seconds * 1000;
    while (Date.now() < end) {
      if (this.process.exitCode !== null) throw new Error(`ended: ${this.output}`);
      const answer = await fetch(`${this.url}/health/ready`).catch(() => null);
      if (answer?.ok) return this;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`not ready: ${this.output}`);
  }

  async post(path: string, body: object): Promise<Response> {
    return fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.process.kill(signal);
    return this.ended;
  }
}

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, 'localhost', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tankobon-start-'));
  folders.push(folder);
  return folder;
}

/** The data folder that a first start leaves. */
let initialized: Promise<string> | null = null;

async function initialize(): Promise<string> {
  const data = join(await mkdtemp(join(tmpdir(), 'tankobon-start-')), 'data');
  const service = await (await Service.start({ DATA_DIR: data })).ready();
  expect(await service.stop()).toBe(0);
  return data;
}

/** A folder with a data folder as a first start leaves it, for tests that are not about the first start. */
async function makeInitializedFolder(): Promise<string> {
  const folder = await makeFolder();
  initialized ??= initialize();
  await run('cp', ['-a', await initialized, join(folder, 'data')]);
  return folder;
}

afterAll(async () => {
  if (initialized) await rm(join(await initialized, '..'), { recursive: true, force: true });
});

const postmaster = async (folder: string) =>
  Number.parseInt(await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '0'), 10);
const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

afterEach(async () => {
  for (const service of started.splice(0)) {
    if (service.process.exitCode === null) await service.stop();
  }
  for (const folder of folders.splice(0)) {
    const pid = await postmaster(folder);
    if (pid > 0 && isRunning(pid)) process.kill(pid, 'SIGINT');
    await rm(folder, { recursive: true, force: true });
  }
});

describe('the service as a process', () => {
  it('prints the secrets once, recovers from SIGKILL of service and database, shares its database with scripts, and stops cleanly', async () => {
    const folder = await makeFolder();
    const env = { DATA_DIR: join(folder, 'data') };
    const data = env.DATA_DIR;
    const first = await (await Service.start(env)).ready();
    expect(first.output).toMatch(/shown this once: \S+/);
    expect(first.output).toMatch(/Its key, shown this once: tbk_\S+/);
    expect(first.output).toContain('/docs');
    const password = /password, shown this once: (\S+)/.exec(first.output)?.[1] ?? '';
    expect((await first.post('/auth/login', { username: 'admin', password })).status).toBe(200);
    expect((await stat(join(data, 'postgres'))).mode & 0o077).toBe(0);
    expect((await stat(join(data, 'run'))).mode & 0o077).toBe(0);
    for (const file of ['postgres.password', 'jwt.secret']) {
      expect((await stat(join(data, file))).mode & 0o077, file).toBe(0);
    }
    const reader = { username: 'reader', password: 'correct horse' };
    const registered = await first.post('/auth/register', reader);
    expect(registered.status).toBe(201);
    const { accessToken } = (await registered.json()) as { accessToken: string };
    const signedIn = async (service: Service) =>
      (await fetch(`${service.url}/auth/me`, { headers: { authorization: `Bearer ${accessToken}` } })).status;

    // When PostgreSQL is killed, the service restarts it.
    const server = await postmaster(data);
    process.kill(server, 'SIGKILL');
    await expect.poll(() => isRunning(server)).toBe(false);
    await expect.poll(async () => ![0, server].includes(await postmaster(data))).toBe(true);
    await first.ready();
    expect(await signedIn(first)).toBe(200);
    const metrics = async () => (await fetch(`${first.url}/metrics`)).text();
    await expect.poll(metrics).toContain('embedded_postgres_up 1');
    expect(await metrics()).toContain('embedded_postgres_restarts_total 1');

    // When the service is killed, PostgreSQL keeps running and the next service adopts it.
    const orphan = await postmaster(data);
    await first.stop('SIGKILL');
    expect(isRunning(orphan)).toBe(true);
    const second = await (await Service.start(env)).ready();
    expect(await postmaster(data)).toBe(orphan);
    expect(second.output).not.toContain('shown this once');
    expect(await signedIn(second)).toBe(200);

    // Service and PostgreSQL are killed together.
    process.kill(orphan, 'SIGKILL');
    await second.stop('SIGKILL');
    const third = await (await Service.start(env)).ready();
    expect(await signedIn(third)).toBe(200);

    // A second service on the same folder exits, and the first keeps running.
    const intruder = await Service.start(env);
    expect(await intruder.ended).toBe(1);
    expect(intruder.output.trim()).toBe(`Another Tankobon is running on the data folder ${data}`);
    expect(await signedIn(third)).toBe(200);

    // A script uses the PostgreSQL of the running service, and leaves it running.
    const catalog = join(folder, 'lines.ndjson');
    await writeFile(catalog, '{"kind":"series"}\n');
    const script = join(PROJECT_FOLDER, 'dist', 'src', 'commands', 'import-catalog.js');
    const imported = await run(process.execPath, [script, catalog], {
      env: { ...env, PATH: process.env['PATH'] },
    }).catch((error: { code: number; stderr: string; stdout: string }) => error);
    expect(imported).toMatchObject({ code: 1 });
    expect(imported.stderr).toMatch(/^line 1: must have required property/);
    expect(imported.stdout).toContain('1 lines refused');
    expect(await signedIn(third)).toBe(200);

    const last = await postmaster(data);
    expect(await third.stop()).toBe(0);
    expect(isRunning(last)).toBe(false);

    // Without a service, a script starts PostgreSQL and stops it at its end.
    const admin = join(PROJECT_FOLDER, 'dist', 'src', 'commands', 'admin-create.js');
    const adminEnv = { ...env, ADMIN_USERNAME: 'second', PATH: process.env['PATH'] };
    const created = await run(process.execPath, [admin], { env: adminEnv });
    expect(created.stdout).toMatch(/^Administrator: second\nPassword, shown this once: \S+\n$/);
    await expect(run(process.execPath, [admin], { env: adminEnv })).rejects.toMatchObject({
      code: 1,
      stderr: 'second: Username already taken; set ADMIN_USERNAME to another name\n',
    });
    expect(await postmaster(data)).toBe(0);

    // A stale pid file whose pid belongs to another process does not prevent the start.
    await writeFile(join(data, 'postgres', 'postmaster.pid'), `${process.pid}\n${data}/postgres\n`);
    const fourth = await (await Service.start(env)).ready();
    expect(await signedIn(fourth)).toBe(200);
    expect(await fourth.stop()).toBe(0);
  });

  it('logs neither secrets nor query strings, even at level trace', async () => {
    const folder = await makeFolder();
    const service = await (
      await Service.start({ DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'trace' })
    ).ready();
    const secrets = ['correct horse', 'wrong horse', 'a-private-search'];
    const registered = await service.post('/auth/register', {
      username: 'reader',
      password: 'correct horse',
    });
    const { accessToken } = (await registered.json()) as { accessToken: string };
    const cookie = registered.headers.get('set-cookie')?.split(';')[0] ?? '';
    await service.post('/auth/login', { username: 'reader', password: 'wrong horse' });
    await fetch(`${service.url}/series?search=a-private-search`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    await fetch(`${service.url}/auth/refresh`, { method: 'POST', headers: { cookie } });
    // Of a trace, only ids reach the log. The id of a request is in its answer.
    const trace = { trace: 'ab'.repeat(16), span: 'cd'.repeat(8) };
    const traced = await fetch(`${service.url}/series/1`, {
      headers: { traceparent: `00-${trace.trace}-${trace.span}-01`, 'x-request-id': 'chosen-by-the-client' },
    });
    await fetch(`${service.url}/series/2`, { headers: { traceparent: `00-${'0'.repeat(32)}-malformed` } });
    expect(await service.stop()).toBe(0);
    const logged = service.output.slice(service.output.indexOf('Its key'));
    expect(logged).toContain('"path":"/auth/login"');
    const line = logged.split('\n').find((text) => text.includes('"path":"/series/1"')) ?? '';
    expect(JSON.parse(line)).toMatchObject({
      reqId: traced.headers.get('x-request-id'),
      traceId: trace.trace,
      spanId: trace.span,
    });
    expect(logged).not.toMatch(/malformed|chosen-by/);
    for (const secret of [...secrets, accessToken, cookie.slice(13)])
      expect(service.output).not.toContain(secret);
  });

  it('exits with one line for an invalid environment, and creates no data folder', async () => {
    const folder = await makeFolder();
    const data = join(folder, 'data');
    const blocker = createServer().listen(0, 'localhost');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as { port: number };
    const attempt = async (env: Record<string, string>) => {
      const service = await Service.start({ DATA_DIR: data, ...env });
      return { status: await service.ended, output: service.output };
    };
    expect(await attempt({ PORT: String(port) })).toEqual({
      status: 1,
      output: `Port ${port} is in use; set PORT to another one\n`,
    });
    expect(await attempt({ LOG_LEVEL: 'loud' })).toMatchObject({
      status: 1,
      output: expect.stringMatching(/^LOG_LEVEL must be [^\n]*\n$/),
    });
    expect(await attempt({ DATABASE_URL: 'postgresql://nobody:hunter2@127.0.0.1:1/x' })).toEqual({
      status: 1,
      output: 'The database does not answer (ECONNREFUSED); check DATABASE_URL\n',
    });
    await expect(stat(data)).rejects.toThrow('ENOENT');
    blocker.close();

    await mkdir(join(data, 'postgres'), { recursive: true });
    await writeFile(join(data, 'postgres', 'PG_VERSION'), '15\n');
    expect(await attempt({})).toMatchObject({
      status: 1,
      output: expect.stringMatching(/is a cluster of PostgreSQL 15[^\n]*\n$/),
    });
    await writeFile(join(folder, 'file'), '');
    expect(await attempt({ DATA_DIR: join(folder, 'file') })).toEqual({
      status: 1,
      output: `DATA_DIR ${join(folder, 'file')} is not a folder\n`,
    });
  });

  it('completes requests in flight when it receives SIGTERM', async () => {
    const folder = await makeInitializedFolder();
    const service = await (await Service.start({ DATA_DIR: join(folder, 'data') })).ready();
    const bodies = Array.from({ length: 12 }, (_, index) => ({
      username: `reader${index}`,
      password: 'correct horse',
    }));
    const answers = bodies.map((body) => service.post('/auth/register', body));
    await answers[0];
    const status = service.stop();
    const statuses = (await Promise.allSettled(answers)).map((answer) =>
      answer.status === 'fulfilled' ? answer.value.status : answer.reason,
    );
    expect(statuses.filter((code) => code === 201).length).toBeGreaterThan(0);
    expect(await status).toBe(0);
  });

  it('stops cleanly when only npm receives SIGTERM', async () => {
    const folder = await makeInitializedFolder();
    const [data, port] = [join(folder, 'data'), await freePort()];
    const npm = spawn('npm', ['start'], {
      cwd: PROJECT_FOLDER,
      env: { ...process.env, DATA_DIR: data, PORT: String(port), LOG_LEVEL: 'warn' },
      stdio: 'ignore',
    });
    const ended = new Promise<number | null>((resolve) => npm.once('exit', resolve));
    const url = `http://localhost:${port}`;
    await expect
      .poll(async () => (await fetch(`${url}/health/ready`).catch(() => null))?.ok, { timeout: 240_000 })
      .toBe(true);
    const register = fetch(`${url}/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'reader', password: 'correct horse' }),
    });
    // A response to this later request means that the service has received the first one.
    await fetch(`${url}/health/live`);
    npm.kill('SIGTERM');
    expect([201, 'closed']).toContain(await register.then(({ status }) => status).catch(() => 'closed'));
    expect(await ended).toBe(0);
    expect(await postmaster(data)).toBe(0);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'stops the service and its database with exit code 0 at %s',
    async (signal) => {
      const folder = await makeInitializedFolder();
      const service = await (await Service.start({ DATA_DIR: join(folder, 'data') })).ready();
      expect(await service.stop(signal)).toBe(0);
      expect(await postmaster(join(folder, 'data'))).toBe(0);
    },
  );
});

describe('the data folder', () => {
  /** Starts a service on a data folder; `attempt` starts another one on it and waits for its exit. */
  async function used() {
    const folder = await makeInitializedFolder();
    const data = join(folder, 'data');
    const service = await (await Service.start({ DATA_DIR: data })).ready();
    const attempt = async (env: Record<string, string> = {}) => {
      const other = await Service.start({ DATA_DIR: data, ...env });
      return { status: await other.ended, output: other.output };
    };
    return { folder, data, service, attempt };
  }

  it('rejects a data folder with one line when a secret is missing, empty or too short', async () => {
    const { data, service, attempt } = await used();
    expect(await service.stop()).toBe(0);
    const secret = join(data, 'jwt.secret');
    const kept = await readFile(secret);
    for (const text of ['', 'abcd', ' '.repeat(40)]) {
      await writeFile(secret, text);
      expect(await attempt()).toEqual({
        status: 1,
        output: `${secret} holds no secret of 32 bytes: restore it, or delete it, which signs everybody out\n`,
      });
    }
    await writeFile(secret, kept);
    const password = join(data, 'postgres.password');
    const keptPassword = await readFile(password);
    await rm(password);
    expect(await attempt()).toMatchObject({
      status: 1,
      output: expect.stringMatching(/^[^\n]+ENOENT[^\n]+\n$/),
    });
    await writeFile(password, '');
    expect(await attempt()).toMatchObject({
      status: 1,
      output: expect.stringMatching(/^[^\n]+is empty[^\n]+\n$/),
    });
    await writeFile(password, keptPassword);
    // A power loss can leave an empty pid file.
    await writeFile(join(data, 'postgres', 'postmaster.pid'), '');
    const again = await (await Service.start({ DATA_DIR: data })).ready();
    expect(await again.stop()).toBe(0);
  });

  it('accepts a copy of a data folder that is in use, and rejects a link to it until its service has stopped', async () => {
    const { folder, data, service } = await used();
    await cp(data, join(folder, 'copy'), {
      recursive: true,
      filter: (path) => !path.endsWith('.sock') && !path.includes('PGSQL'),
    });
    await run('chown', ['-R', '--reference', join(data, 'postgres'), join(folder, 'copy', 'postgres')]).catch(
      () => undefined,
    );
    const copy = await (await Service.start({ DATA_DIR: join(folder, 'copy') })).ready();
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
    expect(await copy.stop()).toBe(0);
    await symlink(data, join(folder, 'link'));
    const intruder = await Service.start({ DATA_DIR: join(folder, 'link') });
    expect(await intruder.ended).toBe(1);
    expect(intruder.output).toContain('Another Tankobon is running on the data folder');
    expect(await service.stop()).toBe(0);
    const linked = await (await Service.start({ DATA_DIR: join(folder, 'link') })).ready();
    expect(await linked.stop()).toBe(0);
  });

  it('rejects a second service on a data folder, also from another process-id namespace', async ({
    skip,
  }) => {
    const namespaces = await run('unshare', ['--pid', '--fork', '--mount-proc', 'true']).then(
      () => true,
      () => false,
    );
    skip(!namespaces, 'This host allows no process-id namespaces');
    const { folder, data, service } = await used();
    const foreign = await run('unshare', ['--pid', '--fork', '--mount-proc', process.execPath, main], {
      env: { PATH: process.env['PATH'], DATA_DIR: data, PORT: String(await freePort()), TMPDIR: folder },
    }).catch((error: { code: number; stderr: string }) => error);
    expect(foreign).toMatchObject({
      code: 1,
      stderr: `Another Tankobon is running on the data folder ${data}\n`,
    });
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
    expect(await service.stop()).toBe(0);
  });

  it('rejects a data folder that cannot be written with one line', async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'file'), '');
    for (const place of [
      join(folder, 'file/below'),
      join(folder, 'y'.repeat(300)),
      '/proc/none',
      '/proc/none/data',
    ]) {
      const service = await Service.start({ DATA_DIR: place });
      expect(await service.ended).toBe(1);
      expect(service.output).toMatch(/^[^\n]+ cannot be written \((ENOTDIR|ENAMETOOLONG|ENOENT)\)[^\n]+\n$/);
    }
  });

  it('starts as any user id, with a read-only project, a long data folder behind a link, and any locale', async ({
    skip,
  }) => {
    const enter = ['--mount', '--kill-child', '--fork', 'bash', '-euc'];
    const isReadOnly = 'mount --bind "$0" "$0"; mount -o remount,ro,bind "$0"';
    const isPossible = await run('unshare', [...enter, isReadOnly, PROJECT_FOLDER]).then(
      () => true,
      () => false,
    );
    skip(!isPossible, 'Only root can choose a user id and mount a folder');
    const folder = await makeFolder();
    const long = join(folder, 'long '.repeat(30), 'ünï');
    await mkdir(long, { recursive: true });
    await symlink(long, join(folder, 'data'));
    await run('chown', ['-R', '12345:12345', folder]);
    const port = await freePort();
    const asUser = 'exec setpriv --reuid 12345 --regid 12345 --clear-groups "$1" "$2"';
    const child = spawn(
      'unshare',
      [...enter, `${isReadOnly}; ${asUser}`, PROJECT_FOLDER, process.execPath, main],
      {
        cwd: PROJECT_FOLDER,
        env: {
          PATH: process.env['PATH'],
          DATA_DIR: join(folder, 'data'),
          PORT: String(port),
          LOG_LEVEL: 'warn',
          TZ: 'Pacific/Apia',
          LC_ALL: 'tr_TR.UTF-8',
        },
      },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (output += String(chunk)));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const isServing = async () =>
      (await fetch(`http://localhost:${port}/health/ready`).catch(() => null))?.ok;
    await expect
      .poll(async () => child.exitCode !== null || (await isServing()), { timeout: 120_000 })
      .toBe(true);
    const mapped =
      'exec setpriv --reuid 12345 --regid 12345 --clear-groups unshare --user --map-user=65534 true';
    const mayMap = await run('bash', ['-c', mapped]).then(
      () => true,
      () => false,
    );
    if (!mayMap) {
      expect(output).toMatch(/^[^\n]*the user id 12345 has no entry in \/etc\/passwd[^\n]*\n$/);
      return;
    }
    expect(output).toContain('Tankobon serves');
    const pid = await run('pgrep', ['-u', '12345', '-f', main]);
    process.kill(Number(pid.stdout), 'SIGTERM');
    expect(await ended).toBe(0);
  });

  it('exits with one line when its port is in use on one address of the host', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as { port: number };
    const folder = await makeFolder();
    const service = await Service.start({ DATA_DIR: join(folder, 'data'), PORT: String(port) });
    expect(await service.ended).toBe(1);
    expect(service.output).toBe(`Port ${port} is in use; set PORT to another one\n`);
    blocker.close();
  });
});
