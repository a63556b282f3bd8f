// Compares the responses of LIMIT with those of the service field by field. The order of keys is free.
import { isDeepStrictEqual } from 'node:util';
import { requestsOf } from './operations.mjs';

/** Requests of each operation that are compared. */
const SAMPLE = 24;

/**
 * Compares a sample of all operations, and afterwards the reads again, so that what LIMIT has written is compared, too.
 *
 * @throws Error at the first response that differs
 */
export async function compareAnswers(servers, operations, readers, credentials) {
  const all = [...[...readers.bySize.values()].flat(), ...readers.ordinary];
  const samples = operations.flatMap((operation) =>
    requestsOf(operation, all, credentials)
      .slice(0, SAMPLE)
      .map((request) => ({ operation, ...request })),
  );
  const reads = samples.filter(({ method }) => method === 'GET');
  const [early, late] = [false, true].map((isLate) =>
    samples.filter(({ operation }) => (operation.isComparedLast ?? false) === isLate),
  );
  for (const sample of early) await compareAnswer(servers, sample, { isWritten: false });
  for (const sample of reads) await compareAnswer(servers, sample, { isWritten: true });
  for (const sample of late) await compareAnswer(servers, sample, { isWritten: true });
  process.stdout.write(`${samples.length + reads.length} responses of LIMIT equal those of the service\n`);
}

async function compareAnswer({ service, limit }, { operation, path, ...request }, { isWritten }) {
  const { name, own = [] } = operation;
  const isOfChange = isWritten || request.method === 'POST';
  // A token contains the second in which it was issued. Each server sets the time and version of an update itself.
  const differing = ['accessToken', ...(isOfChange ? ['last_update', 'version', 'at'] : []), ...own];
  const [one, other] = await Promise.all(
    [service, limit].map(({ url }) => answerOf(url + path, request, differing)),
  );
  const field = differenceOf(one, other, 'answer');
  if (field === null) return;
  const [expected, found] = [one, other].map((answer) => JSON.stringify(answer));
  throw new Error(`${name}: ${path}: ${field} differs\nservice: ${expected}\nLIMIT: ${found}`);
}

/** Status, content type and parsed body, without the values of fields that differ in every response. */
async function answerOf(url, request, differing) {
  const answer = await fetch(url, request);
  const body = JSON.parse(await answer.text(), (key, value) =>
    differing.includes(key) ? typeof value : value,
  );
  return { status: answer.status, type: answer.headers.get('content-type'), body };
}

/** The path of the first field whose values differ; null if all are equal. */
function differenceOf(one, other, path) {
  if (isDeepStrictEqual(one, other)) return null;
  const areObjects = [one, other].every((value) => typeof value === 'object' && value !== null);
  if (!areObjects || Array.isArray(one) !== Array.isArray(other)) return path;
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const difference = differenceOf(one[key], other[key], `${path}.${key}`);
    if (difference !== null) return difference;
  }
  return path;
}
