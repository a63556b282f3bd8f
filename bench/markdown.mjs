// Writes the results into a page of documentation, between two markers.
import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { growthRounds } from './measure.mjs';
import { AVATAR_AIMS, total } from './report.mjs';

const BEGIN = '<!-- results: written by the benchmark -->';
const END = '<!-- end of results -->';

/**
 * Replaces what is between the markers of a Markdown file by the tables of a report.
 *
 * @param command the command that made the report
 * @throws Error if the file does not have both markers
 */
export async function writeResults(file, report, command) {
  const page = await readFile(file, 'utf8');
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`${file} does not have the lines ${BEGIN} and ${END}`);
  const text = [page.slice(0, begin + BEGIN.length), resultsOf(report, command), page.slice(end)].join(
    '\n\n',
  );
  await writeFile(file, await format(text, { ...(await resolveConfig(file)), parser: 'markdown' }));
}

function resultsOf(report, command) {
  const { date, machine, scale, seconds, rounds, results } = report;
  const memory = results.map(({ service }) => Math.round(service.memory));
  return [
    `\`${command}\` of ${date}: ${machine}, for load generator, servers and PostgreSQL. Scale ${scale}, ${rounds} alternated rounds of ${seconds} s. The service was one process with ${Math.min(...memory)} to ${Math.max(...memory)} MiB.`,
    tableOf(operationRows(report)),
    ...avatarLines(report),
    ...growthLines(report),
  ].join('\n\n');
}

function operationRows({ results }) {
  const head = ['operation', 'requests/s', 'p99 ms', 'CPU ms: service, PostgreSQL', 'LIMIT: requests/s'];
  return [
    [...head, 'p99 ms', 'CPU ms: server, PostgreSQL', 'requests/s ÷ LIMIT', 'aim', 'CPU ÷ LIMIT'],
    ...results.map(({ label, service, limit, ratio, aim }) => {
      const missed = aim !== null && ratio.perSecond < aim;
      const compared = ratio.perSecond.toFixed(2);
      return [
        label,
        ...figuresOf(service),
        ...figuresOf(limit),
        missed ? `**${compared}**` : compared,
        aim === null ? 'none' : String(aim),
        ratio.cpu.toFixed(2),
      ];
    }),
  ];
}

function figuresOf({ perSecond, p99, cpu, databaseCpu }) {
  return [
    Math.round(perSecond).toLocaleString('en'),
    p99.toFixed(1),
    `${cpu.toFixed(2)}, ${databaseCpu.toFixed(2)}`,
  ];
}

function avatarLines({ avatar }) {
  if (avatar === null) return [];
  const { service, loop, ratio } = avatar;
  const of = ({ perSecond, cpu }) => [perSecond.toFixed(1), (cpu * 1000).toFixed(0)];
  const marked = (value, missed) => (missed ? `**${value.toFixed(2)}**` : value.toFixed(2));
  return [
    tableOf([
      ['avatar of 2 megapixels, all sizes', 'images/s', 'CPU ms'],
      ['service', ...of(service)],
      ['bare sharp loop', ...of(loop)],
      [
        'ratio',
        marked(ratio.perSecond, ratio.perSecond < AVATAR_AIMS.perSecond),
        marked(ratio.cpu, ratio.cpu > AVATAR_AIMS.cpu),
      ],
      ['aim', String(AVATAR_AIMS.perSecond), String(AVATAR_AIMS.cpu)],
    ]),
  ];
}

function growthLines({ growth, rounds }) {
  if (growth.length === 0) return [];
  const sizes = Object.keys(growth[0].sizes);
  const rows = growth.flatMap(({ label, sizes: measured, bound }) =>
    ['service', 'limit'].map((name) => {
      const cpu = sizes.map((size) => total(measured[size][name]));
      const ratio = cpu.at(-1) / cpu[0];
      const isService = name === 'service';
      return [
        isService ? label : '– LIMIT',
        ...cpu.map((value) => value.toFixed(2)),
        isService && bound !== null && ratio > bound ? `**${ratio.toFixed(2)}**` : ratio.toFixed(2),
        isService ? String(bound ?? 'none') : '',
      ];
    }),
  );
  return [
    `CPU ms per request, PostgreSQL included, by the length of the user's list (${growthRounds(rounds)} rounds):`,
    tableOf([
      ['operation', ...sizes.map((size) => Number(size).toLocaleString('en')), 'growth', 'aim'],
      ...rows,
    ]),
  ];
}

/** A table whose first column is text and whose others are figures. */
function tableOf([head, ...rows]) {
  const rule = head.map((_, column) => (column === 0 ? '---' : '--:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
