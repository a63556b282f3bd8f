// Prints the results of the benchmark.

/** The least rate and the most processor time of avatars, relative to a bare sharp loop. */
export const AVATAR_AIMS = { perSecond: 0.92, cpu: 1.1 };

/** Figures of each operation, the service's and LIMIT's, and their ratios. */
export function printTable({ results }) {
  const rows = [
    [
      'operation',
      'server',
      'req/s',
      'p50 ms',
      'p99 ms',
      'CPU',
      'PostgreSQL',
      'MiB',
      'errors',
      'req/s ÷',
      'p99 ÷',
      'CPU ÷',
    ],
  ];
  for (const { label, service, limit, ratio, aim } of results) {
    rows.push([label, 'service', ...figures(service), ...(ratio ? marked(ratio, aim) : [])]);
    if (limit) rows.push(['', 'LIMIT', ...figures(limit)]);
  }
  print(rows);
  process.stdout.write(
    'CPU and PostgreSQL: seconds of processor for 1,000 requests. ! marks a missed aim.\n\n',
  );
}

/** Images per second and processor time of avatars, compared with a bare sharp loop. */
export function printAvatar({ avatar }) {
  if (avatar === null) return;
  const { service, loop, ratio } = avatar;
  const figures = ({ perSecond, cpu }) =>
    `${perSecond.toFixed(1)}/s, ${(cpu * 1000).toFixed(0)} ms of processor each`;
  process.stdout.write(
    `avatar of 2 megapixels, all sizes: service ${figures(service)}; bare sharp loop ${figures(loop)}; `,
  );
  const mark = (missed) => (missed ? ' !' : '');
  process.stdout.write(
    `images ÷ ${ratio.perSecond.toFixed(2)}${mark(ratio.perSecond < AVATAR_AIMS.perSecond)}, CPU ÷ ${ratio.cpu.toFixed(2)}${mark(ratio.cpu > AVATAR_AIMS.cpu)}\n\n`,
  );
}

/** Processor time by the size of the reader's lists. */
export function printGrowth({ growth }) {
  if (growth.length === 0) return;
  const sizes = Object.keys(growth[0].sizes);
  const rows = [['operation', 'server', ...sizes.map((size) => `at ${size}`), 'growth']];
  for (const { label, sizes: measured, bound } of growth) {
    for (const name of ['service', 'limit']) {
      const cpu = sizes
        .map((size) => measured[size][name])
        .filter(Boolean)
        .map(total);
      if (cpu.length === 0) continue;
      const ratio = cpu.at(-1) / cpu[0];
      const missed = name === 'service' && bound !== null && ratio > bound ? ' !' : '';
      rows.push([
        name === 'service' ? label : '',
        name,
        ...cpu.map((value) => value.toFixed(2)),
        ratio.toFixed(2) + missed,
      ]);
    }
  }
  print(rows);
  process.stdout.write('Seconds of processor, PostgreSQL included, for 1,000 requests.\n');
}

/** Processor time of a server and of PostgreSQL for its requests. */
export function total({ cpu, databaseCpu }) {
  return cpu + databaseCpu;
}

function figures({ perSecond, p50, p99, cpu, databaseCpu, memory, errors }) {
  return [
    perSecond.toFixed(0),
    p50.toFixed(1),
    p99.toFixed(1),
    cpu.toFixed(2),
    databaseCpu.toFixed(2),
    memory.toFixed(0),
    String(errors),
  ];
}

function marked({ perSecond, p99, cpu }, aim) {
  const missed = aim !== null && perSecond < aim;
  return [perSecond.toFixed(2) + (missed ? ' !' : ''), p99.toFixed(2), cpu.toFixed(2)];
}

function print(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    );
    process.stdout.write(`${cells.join('  ').trimEnd()}\n`);
  }
  process.stdout.write('\n');
}
