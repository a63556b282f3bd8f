// Lists the documented responses that the last run of the tests never produced, and the successful ones that no
// generated client received. A response that was never produced fails unless openapi/unseen-answers.json lists it.
import { readFileSync } from 'node:fs';

const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const { paths } = JSON.parse(read('openapi/openapi.json'));
const reviewed = JSON.parse(read('openapi/unseen-answers.json'));
const seen = new Map();
for (const line of read('coverage/answers.txt').trim().split('\n')) {
  const [operation, status, by] = line.split(' ');
  const answer = `${operation} ${status}`;
  seen.set(answer, (seen.get(answer) ?? new Set()).add(by));
}

const documented = Object.values(paths).flatMap((item) =>
  Object.values(item).flatMap(({ operationId, responses }) =>
    Object.keys(responses).map((status) => `${operationId} ${status}`),
  ),
);
const isSuccess = (answer) => / [23]\d\d$/.test(answer);
const unseen = documented.filter((answer) => !seen.has(answer));
const byHand = documented.filter(
  (answer) => isSuccess(answer) && seen.has(answer) && !seen.get(answer).has('client'),
);
const byClient = documented.filter((answer) => seen.get(answer)?.has('client')).length;

const problems = [
  ...unseen.filter((answer) => !(answer in reviewed)).map((answer) => `never seen: ${answer}`),
  ...byHand.map((answer) => `not through the generated client: ${answer}`),
  ...Object.keys(reviewed)
    .filter((answer) => !unseen.includes(answer))
    .map((answer) => `reviewed as unseen, but seen or not documented: ${answer}`),
];
process.stdout.write(
  `${documented.length} documented answers: ${byClient} through the generated client, ${documented.length - unseen.length - byClient} on the wire alone, ${unseen.length} unseen for reviewed reasons\n`,
);
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exit(problems.length === 0 ? 0 : 1);
