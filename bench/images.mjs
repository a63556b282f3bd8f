// Avatars of two megapixels, all sizes, through the service, against a bare sharp loop that does the same work.
// Usage: npm run bench:images [-- IMAGES [JSON]]. Rounds alternate; medians of images a second and of processor time.
import { writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import sharp from 'sharp';
import { Service } from '../test/support/service.ts';

const ROUNDS = 5;
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
    const [through, bare] = [await throughService(), await throughLoop()];
    // The first round is a warm-up.
    if (round > 0) {
      rounds.service.push(through);
      rounds.loop.push(bare);
    }
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
  const ratio = {
    perSecond: summary.service.perSecond / summary.loop.perSecond,
    cpu: summary.service.cpu / summary.loop.cpu,
  };
  process.stdout.write(
    `images a second: ${ratio.perSecond.toFixed(2)} of the loop's; processor: ${ratio.cpu.toFixed(2)} of it\n`,
  );
  if (process.argv[3]) await writeFile(process.argv[3], JSON.stringify({ ...summary, ratio }));

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

  async function send(method, path, bytes) {
    const body = new FormData();
    body.set('image', new Blob([bytes]), 'me.jpg');
    return service.fetch(path, { method, headers: owner.headers, body });
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
