import { lookup } from 'node:dns/promises';
import { createServer } from 'node:net';
import { StartError } from './config.js';

/**
 * Runs a program. Errors set exit status 1; a `StartError` or a known failure prints one line, a defect prints its
 * stack.
 */
export async function run(program: () => Promise<void>): Promise<void> {
  try {
    await program();
  } catch (error) {
    const line = error instanceof StartError ? error.message : startFailure(error);
    process.stderr.write(`${line}\n`);
    process.exitCode = 1;
  }
}

/** @throws StartError if the port is in use on any address of the host, or the host cannot be used */
export async function requireFreePort(host: string, port: number): Promise<void> {
  const addresses = await lookup(host, { all: true }).catch((error: NodeJS.ErrnoException) => {
    throw new StartError(`HOST ${host} cannot be listened on (${error.code ?? error.message})`);
  });
  let failure: NodeJS.ErrnoException | null = null;
  let usable = 0;
  for (const { address } of addresses) {
    const error = await listenOnce(address, port);
    if (error?.code === 'EADDRINUSE') throw new StartError(`Port ${port} is in use; set PORT to another one`);
    if (error?.code === 'EACCES')
      throw new StartError(`Port ${port} needs more rights than this user has; set PORT`);
    if (error === null) usable++;
    failure ??= error;
  }
  // A host with several addresses, such as localhost, may have some that this machine does not support.
  if (usable === 0 && failure !== null)
    throw new StartError(`HOST ${host} cannot be listened on (${failure.code ?? failure.message})`);
}

async function listenOnce(host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', resolve);
    probe.listen({ host, port }, () => probe.close(() => resolve(null)));
  });
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EAI_AGAIN',
  'ECONNRESET',
]);
const FILE_SYSTEM = new Set([
  'EROFS',
  'EACCES',
  'EPERM',
  'ENOTDIR',
  'ENAMETOOLONG',
  'ENOSPC',
  'ELOOP',
  'EISDIR',
]);
/** Messages for SQLSTATEs that the operator can resolve. */
const BY_SQLSTATE: Record<string, string> = {
  '28P01': 'The database refuses the user or password of DATABASE_URL',
  '28000': 'The database refuses the user or password of DATABASE_URL',
  '3D000': 'The database that DATABASE_URL names does not exist',
  '42501': 'The user of DATABASE_URL may not create tables or extensions; make it the owner of the database',
  '53300': 'The database has no connection left; raise max_connections or lower DATABASE_POOL_SIZE',
  '55000': 'The database that DATABASE_URL names takes no connections',
  '0A000': 'The database lacks a feature that is needed: PostgreSQL 16 or later with ICU and pg_trgm',
};

/** One line for failures that the operator can resolve, without the database's URL, which may include a password. */
function startFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code = '', path, message, syscall } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' && syscall === 'connect')
    return 'The database does not answer: no server listens at the socket that DATABASE_URL names';
  if (UNREACHABLE.has(code)) return `The database does not answer (${code}); check DATABASE_URL`;
  if (FILE_SYSTEM.has(code) || (code === 'ENOENT' && syscall === 'mkdir'))
    return `${path ?? 'A file'} cannot be written (${code}); set DATA_DIR to a folder that this user can write`;
  if (/CERT|SIGNED|ALTNAME/.test(code))
    return `The database's certificate is not trusted (${code}); add sslrootcert=FILE to DATABASE_URL, or use sslmode=no-verify`;
  if (/does not support SSL/.test(message))
    return 'The database does not offer TLS; remove sslmode from DATABASE_URL, or configure TLS there';
  if (/timeout expired|Connection terminated|ended unexpectedly/i.test(message))
    return 'What answers at DATABASE_URL is no PostgreSQL, or does not answer in time';
  if (/^[0-9A-Z]{5}$/.test(code))
    return (
      BY_SQLSTATE[code] ?? `The database refuses the start (SQLSTATE ${code}: ${message.split('\n')[0]})`
    );
  return error.stack ?? message;
}
