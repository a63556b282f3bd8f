// Compares the responses of LIMIT and the service byte for byte, except values that differ in every response.
import { requestsOf } from './operations.mjs';

/** Requests of each operation that are compared. */
const SAMPLE = 24;

/** @throws Error at the first response that differs */
export async function compareAnswers({ service, limit }, operations, readers, tokenOf) {
  let compared = 0;
  for (const operation of operations) {
    const all = [...[...readers.bySize.values()].flat(), ...readers.ordinary];
    const requests = requestsOf(operation, all, tokenOf);
    for (const { path, ...request } of requests.slice(0, SAMPLE)) {
      const [one, other] = await Promise.all(
        [service, limit].map(({ url }) => answerOf(url + path, request)),
      );
      if (one !== other) throw new Error(`${operation.name}: ${path}\n${one}\n${other}`);
      compared++;
    }
  }
  process.stdout.write(`${compared} responses of LIMIT equal those of the service\n`);
}

async function answerOf(url, request) {
  const answer = await fetch(url, request);
  // A token contains the second in which it was issued.
  const body = (await answer.text()).replace(/"accessToken":"[^"]+"/, '"accessToken":""');
  return `${answer.status} ${answer.headers.get('content-type')} ${body}`;
}
