import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_FOLDER } from '../../src/project-folder.js';

/** Where a run of the suite keeps which answers it has seen, for `tools/check-answers.mjs`. */
export const ANSWERS = join(PROJECT_FOLDER, 'coverage', 'answers.txt');

const seen = new Set<string>();

/** Remembers that an operation has answered with a status, and whether the generated client asked. */
export function remember(operationId: string, status: number, byClient: boolean): void {
  const line = `${operationId} ${status} ${byClient ? 'client' : 'wire'}\n`;
  if (seen.has(line)) return;
  seen.add(line);
  mkdirSync(join(PROJECT_FOLDER, 'coverage'), { recursive: true });
  appendFileSync(ANSWERS, line);
}
