import { client } from './generated/client.gen.js';
import { authLogin, readingHistoryList, readingStatusUpdate } from './generated/index.js';

/** Signs in, reads the first page of the user's history, and adds one to the progress of its first entry. */
export async function readOneMore(server: string, username: string, password: string): Promise<number | null> {
  client.setConfig({ baseUrl: server, throwOnError: true });
  const { data: session } = await authLogin({ body: { username, password } });
  client.setConfig({ auth: ({ scheme }) => (scheme === 'bearer' ? session?.accessToken : undefined) });
  const { data: page } = await readingHistoryList({ query: { status: ['started'], order: 'update-desc' } });
  const entry = page?.series[0]?.['reading-history'];
  if (entry === undefined) return null;
  const { user_id: _user, series_id: id, last_update: _written, progress_type: progressType, ...fields } = entry;
  await readingStatusUpdate({ path: { id }, body: { ...fields, progressType, progress: fields.progress + 1 } });
  return fields.progress + 1;
}
