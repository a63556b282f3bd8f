// LIMIT must answer what the service answers: byte for byte, but for what is new in every answer.
import { requestsOf } from './operations.mjs';

/** Requests of each operation that are compared. */
const SAMPLE = 24;

/** @throws Error at the first answer that differs */
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
  process.stdout.write(`${compared} answers of LIMIT are those of the service\n`);
}

async function answerOf(url, request) {
  const answer = await fetch(url, request);
  // A token holds the second in which it was made.
  const body = (await answer.text()).replace(/"accessToken":"[^"]+"/, '"accessToken":""');
  return `${answer.status} ${answer.headers.get('content-type')} ${body}`;
}
