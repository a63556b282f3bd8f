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
export async function compareAnswers(servers, operations, readers, tokenOf) {
  const all = [...[...readers.bySize.values()].flat(), ...readers.ordinary];
  const samples = operations.flatMap((operation) =>
    requestsOf(operation, all, tokenOf)
      .slice(0, SAMPLE)
      .map((request) => ({ name: operation.name, ...request })),
  );
  const reads = samples.filter(({ method }) => method === 'GET');
  for (const sample of samples) await compareAnswer(servers, sample, { isWritten: false });
  for (const sample of reads) await compareAnswer(servers, sample, { isWritten: true });
  process.stdout.write(`${samples.length + reads.length} responses of LIMIT equal those of the service\n`);
}

async function compareAnswer({ service, limit }, { name, path, ...request }, { isWritten }) {
  const [one, other] = await Promise.all(
    [service, limit].map(({ url }) => answerOf(url + path, request, isWritten)),
  );
  const field = differenceOf(one, other, 'answer');
  if (field === null) return;
  const [expected, found] = [one, other].map((answer) => JSON.stringify(answer));
  throw new Error(`${name}: ${path}: ${field} differs\nservice: ${expected}\nLIMIT: ${found}`);
}

/** Status, content type and parsed body, without the values that differ in every response. */
async function answerOf(url, request, isWritten) {
  const answer = await fetch(url, request);
  const body = JSON.parse(await answer.text(), (key, value) => {
    // A token contains the second in which it was issued. Each server sets the time and version of an update itself.
    const isOfChange = (isWritten || request.method === 'POST') && ['last_update', 'version'].includes(key);
    const differs = key === 'accessToken' || isOfChange;
    return differs ? typeof value : value;
  });
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
