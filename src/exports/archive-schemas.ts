import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT_FOLDER } from '../project-folder.js';

const FOLDER = join(PROJECT_FOLDER, 'data', 'export');

/** The JSON Schema of a file of the archive, such as `entries`, as the archive contains it. */
export async function schemaOf(content: string): Promise<{ name: string; text: string }> {
  const file = `${content}.schema.json`;
  return { name: `schemas/${file}`, text: await readFile(join(FOLDER, file), 'utf8') };
}
