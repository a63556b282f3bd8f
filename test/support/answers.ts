import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_FOLDER } from '../../src/project-folder.js';

/** File in which a run of the suite records its responses for `tools/check-answers.mjs`. */
export const ANSWERS = join(PROJECT_FOLDER, 'coverage', 'answers.txt');

const seen = new Set<string>();

/** Records the status of an operation, and whether the generated client sent the request. */
export function recordAnswer(operationId: string, status: number, byClient: boolean): void {
  const line = `${operationId} ${status} ${byClient ? 'client' : 'wire'}\n`;
  if (seen.has(line)) return;
  seen.add(line);
  mkdirSync(join(PROJECT_FOLDER, 'coverage'), { recursive: true });
  appendFileSync(ANSWERS, line);
}
