// Compares the OpenAPI document with every one committed under the same version: a change that breaks clients fails.
// For an intended break, raise the version in package.json. Breaks of a version that is not released yet, which differs
// from the former one in them, are listed in INTENDED.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { breaksBetween } from './openapi-breaks.mjs';

const FILE = 'openapi/openapi.json';

/** Breaks by the version that makes them; the CHANGELOG describes them. */
const INTENDED = {
  '0.7.0': [
    // An item that is wanted has no date of purchase.
    /[.](?:collection|item)[.]buy_date may be null on one side alone$/,
    // `type` filters by several types.
    /^(?:seriesList|adminSeriesList): query type may be string on one side alone$/,
    // `view=card` leaves fields out.
    /^(?:\w+List|collectionSeries): 200[.]series\[\] may lack (?:description|aliases|tags|links)$/,
  ],
};
const cwd = fileURLToPath(new URL('..', import.meta.url));
const git = (...args) =>
  execFileSync('git', args, { cwd, encoding: 'utf8', maxBuffer: 64 << 20, stdio: 'pipe' });

const current = JSON.parse(readFileSync(new URL(`../${FILE}`, import.meta.url), 'utf8'));
let commits;
try {
  commits = git('log', '--format=%H', '--', FILE).trim().split('\n').filter(Boolean);
} catch {
  process.stdout.write('No git history: nothing to compare the document with\n');
  process.exit(0);
}

let compared = 0;
const breaks = new Set();
for (const commit of commits) {
  const former = JSON.parse(git('show', `${commit}:${FILE}`));
  if (former.info.version !== current.info.version) break;
  compared++;
  for (const found of breaksBetween(former, current)) {
    const isIntended = INTENDED[current.info.version]?.some((pattern) => pattern.test(found)) ?? false;
    if (!isIntended) breaks.add(found);
  }
}
for (const found of breaks)
  process.stderr.write(`breaks clients of version ${current.info.version}: ${found}\n`);
process.stdout.write(`The document was compared with ${compared} of version ${current.info.version}\n`);
process.exit(breaks.size === 0 ? 0 : 1);
