import { createServer } from 'node:net';
import { StartError } from './config.js';

/** Runs a program to its end: a reason not to start is one line and exit status 1, a defect keeps its stack. */
export async function run(program: () => Promise<void>): Promise<void> {
  try {
    await program();
  } catch (error) {
    const line = error instanceof StartError ? error.message : startFailure(error);
    process.stderr.write(`${line}\n`);
    process.exitCode = 1;
  }
}

/** Refuses a port that is in use, before anything else has been touched. */
export async function requireFreePort(host: string, port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen({ host, port }, () => probe.close(() => resolve()));
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') throw new StartError(`Port ${port} is in use; set PORT to another one`);
    if (error.code === 'EACCES')
      throw new StartError(`Port ${port} needs more rights than this user has; set PORT`);
    throw new StartError(`HOST ${host} cannot be listened on (${error.code ?? error.message})`);
  });
}

/** A database that cannot be reached or opened is the operator's to mend: one line without the URL, or its password. */
function startFailure(error: unknown): string {
  const { code } = error as { code?: string };
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'ETIMEDOUT' || code === 'EHOSTUNREACH') {
    return `The database does not answer (${code}); check DATABASE_URL`;
  }
  if (code === '28P01' || code === '28000')
    return 'The database refuses the user or password of DATABASE_URL';
  if (code === '3D000') return 'The database that DATABASE_URL names does not exist';
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
