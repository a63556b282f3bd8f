import { Client, escapeIdentifier } from 'pg';

/**
 * What makes the text of values the same everywhere, and ends no long transaction. Not every server has every setting.
 */
const SETTINGS = {
  client_encoding: 'UTF8',
  datestyle: 'ISO',
  intervalstyle: 'postgres',
  timezone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '3',
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  transaction_timeout: '0',
};

/** Opens the connection of a backup or restore. @param url the direct URL, not that of a pooler */
export async function connect(url: string): Promise<Client> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    application_name: 'tankobon backup',
  });
  // The error of a lost connection is that of the statement that needs it.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(
    `select set_config(s.name, v.value, false)
     from jsonb_each_text($1) as v (name, value) join pg_settings s on lower(s.name) = v.name`,
    [JSON.stringify(SETTINGS)],
  );
  return client;
}

export function quoted(name: string): string {
  return escapeIdentifier(name);
}
