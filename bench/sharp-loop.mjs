// The bare sharp loop with which the benchmark of avatars compares. Reads a line of pictures, then lines with a
// number of pictures to process, and writes the seconds of processor time for each line.
import { createInterface } from 'node:readline';
import sharp from 'sharp';

sharp.cache(false);
sharp.concurrency(1);
const SIDES = [20, 30, 40, 55, 75, 90, 128, 180, 230, 290];
let sources;

for await (const line of createInterface({ input: process.stdin })) {
  if (sources === undefined) {
    sources = JSON.parse(line).map((text) => Buffer.from(text, 'base64'));
    continue;
  }
  const before = process.cpuUsage();
  for (let index = 0; index < Number(line); index++) await avatar(sources[index % sources.length]);
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${(user + system) / 1e6}\n`);
}

async function avatar(bytes) {
  const { data, info } = await sharp(bytes)
    .autoOrient()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const raw = { width, height, channels };
  for (const side of SIDES) {
    await sharp(data, { raw })
      .resize(side, side, { fit: 'cover', position: 'centre' })
      .webp({ quality: 82, effort: 2 })
      .toBuffer();
  }
  await sharp(data, { raw }).jpeg({ quality: 88, mozjpeg: false }).toBuffer();
}
