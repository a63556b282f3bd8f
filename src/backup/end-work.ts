import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';

/** More than a reader changes between a backup and the failure that makes its restore necessary. */
const NUMBERS = 1_000_000;

/**
 * What has ended with the installation that was backed up. Sessions, tokens and links may have been revoked since the
 * backup; messages may have been sent, and jobs may be done.
 */
const ENDED = [
  'sessions',
  'personal_tokens',
  'calendar_secrets',
  'account_links',
  'oidc_attempts',
  'idempotency_keys',
  'queued_jobs',
  'rate_limits',
  // The files of a removed picture are not in the backup.
  'removed_files',
];

/** Ends what a restored installation must not continue. */
export async function endWorkInProgress(client: Client): Promise<void> {
  for (const table of ENDED) await client.query(`delete from ${table}`);
  await client.query(
    `update imports set state = 'failed', error_message = 'Import failed' where state in ('reading', 'applying')`,
  );
  // Devices know versions of after the backup. A number that is used twice would let them overwrite changes.
  await client.query('update reader_counters set number = number + $1', [NUMBERS]);
  await client.query('update installation set epoch = $1, restored = now()', [
    randomBytes(6).toString('hex'),
  ]);
}
