import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The secret kept in the data folder, made at the first start. Processes that make one at once agree on one. */
export async function keptSecret(dataDir: string): Promise<string> {
  const path = join(dataDir, 'jwt.secret');
  const kept = await readFile(path, 'utf8').catch(() => null);
  if (kept !== null && kept.length >= 32) return kept;
  await mkdir(dataDir, { recursive: true, mode: 0o711 });
  const fresh = `${path}.${process.pid}`;
  await writeFile(fresh, randomBytes(32).toString('hex'), { mode: 0o600 });
  // A link appears whole or not at all, and never replaces what another process has put there.
  await link(fresh, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(fresh, { force: true });
  return readFile(path, 'utf8');
}
