// Avatars of two megapixels, all sizes, through the service, against a bare sharp loop that makes the same pictures;
// then sign-ins while 40 users upload at once.
// Usage: npm run bench:images [-- IMAGES [JSON]]. Rounds alternate, and so does the order within them; figures are
// medians of the rounds, ratios medians of the rounds' ratios.
import { writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { percentile, Service } from '../test/support/service.ts';

const ROUNDS = 5;
/** Uploads at once while sign-ins are measured. */
const UPLOADS = 40;
const images = Number(process.argv[2] ?? 30);

const sources = await Promise.all(
  Array.from({ length: 8 }, (_, index) =>
    sharp({
      create: {
        width: 1920,
        height: 1080,
        channels: 3,
        background: { r: index * 30, g: 90, b: 200 },
        noise: { type: 'gaussian', mean: 128, sigma: 12 + index },
      },
    })
      .blur(1.5)
      .jpeg({ quality: 90 })
      .toBuffer(),
  ),
);

const loop = spawn(process.execPath, ['bench/sharp-loop.mjs'], { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = createInterface({ input: loop.stdout })[Symbol.asyncIterator]();
const service = await Service.start();
try {
  loop.stdin.write(`${JSON.stringify(sources.map((bytes) => bytes.toString('base64')))}\n`);
  const owner = await service.user();
  const created = await send('POST', `/v1/users/${owner.id}/avatars`, sources[0]);
  const { id } = await created.json();
  const rounds = { service: [], loop: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    const isServiceFirst = round % 2 === 0;
    const first = isServiceFirst ? await throughService() : await throughLoop();
    const second = isServiceFirst ? await throughLoop() : await throughService();
    // The first round is a warm-up.
    if (round === 0) continue;
    rounds.service.push(isServiceFirst ? first : second);
    rounds.loop.push(isServiceFirst ? second : first);
  }
  const summary = Object.fromEntries(
    Object.entries(rounds).map(([name, results]) => [
      name,
      { perSecond: median(results.map((one) => one.perSecond)), cpu: median(results.map((one) => one.cpu)) },
    ]),
  );
  for (const [name, { perSecond, cpu }] of Object.entries(summary)) {
    process.stdout.write(
      `${name}: ${perSecond.toFixed(2)} images/s, ${(cpu * 1000).toFixed(0)} ms of processor each, ` +
        `${(1 / cpu).toFixed(2)} images a second and core\n`,
    );
  }
  const ratioOf = (name) => median(rounds.service.map((one, index) => one[name] / rounds.loop[index][name]));
  const ratio = { perSecond: ratioOf('perSecond'), cpu: ratioOf('cpu') };
  process.stdout.write(
    `images a second: ${ratio.perSecond.toFixed(2)} of the loop's; processor: ${ratio.cpu.toFixed(2)} of it\n`,
  );
  const memory = (await service.memory()).peak / 2 ** 20;
  process.stdout.write(`memory: at most ${memory.toFixed(0)} MiB\n`);
  const signIns = await signInsDuringUploads();
  process.stdout.write(
    `sign-ins during ${UPLOADS} uploads: ${signIns.count}, p50 ${signIns.p50.toFixed(0)} ms, ` +
      `p99 ${signIns.p99.toFixed(0)} ms, at most ${signIns.max.toFixed(0)} ms; alone p50 ${signIns.alone.toFixed(0)} ms\n`,
  );
  if (process.argv[3])
    await writeFile(process.argv[3], JSON.stringify({ ...summary, ratio, memory, signIns }));

  async function throughService() {
    const [begin, before] = [performance.now(), await service.processorSeconds()];
    let next = 0;
    const worker = async () => {
      while (next < images) {
        const answer = await send('PATCH', `/v1/avatars/${id}`, sources[next++ % sources.length]);
        if (answer.status !== 200) throw new Error(`status ${answer.status}`);
        await answer.arrayBuffer();
      }
    };
    // Two clients, so that one upload is transmitted while the other is processed.
    await Promise.all([worker(), worker()]);
    return result(begin, (await service.processorSeconds()) - before);
  }

  async function send(method, path, bytes, { headers } = owner) {
    const body = new FormData();
    body.set('image', new Blob([bytes]), 'me.jpg');
    return service.fetch(path, { method, headers, body });
  }

  /** Signs in again and again while 40 users upload their first avatar at the same time. */
  async function signInsDuringUploads() {
    const users = await Promise.all(Array.from({ length: UPLOADS }, () => service.user()));
    const alone = [];
    for (let index = 0; index < 20; index++) alone.push(await signIn());
    const times = [];
    for (let round = 0; round < ROUNDS; round++) {
      let isDone = false;
      const uploads = Promise.all(
        users.map((user, index) =>
          send('POST', `/v1/users/${user.id}/avatars`, sources[index % sources.length], user),
        ),
      ).finally(() => (isDone = true));
      while (!isDone) {
        times.push(await signIn());
        await sleep(20);
      }
      for (const [index, answer] of (await uploads).entries()) {
        if (answer.status !== 201) throw new Error(`status ${answer.status}`);
        const { id } = await answer.json();
        await service.fetch(`/v1/avatars/${id}`, { method: 'DELETE', headers: users[index].headers });
      }
    }
    return {
      count: times.length,
      alone: median(alone),
      p50: percentile(times, 0.5),
      p99: percentile(times, 0.99),
      max: Math.max(...times),
    };
  }

  async function signIn() {
    const begin = performance.now();
    const json = { username: owner.username, password: owner.password };
    const answer = await service.fetch('/auth/login', { method: 'POST', json });
    if (answer.status !== 200) throw new Error(`status ${answer.status}`);
    await answer.arrayBuffer();
    return performance.now() - begin;
  }
} finally {
  loop.kill();
  await service.discard();
}

async function throughLoop() {
  const begin = performance.now();
  loop.stdin.write(`${images}\n`);
  const { value } = await answers.next();
  return result(begin, Number(value));
}

function result(begin, cpu) {
  return { perSecond: images / ((performance.now() - begin) / 1000), cpu: cpu / images };
}

function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}
