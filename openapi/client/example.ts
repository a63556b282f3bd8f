import { client } from './generated/client.gen.js';
import { authLogin, readingHistoryList, readingStatusProgress } from './generated/index.js';

/** Signs in, reads the first page of the user's history, and adds one to the progress of its first entry. */
export async function readOneMore(server: string, username: string, password: string): Promise<number | null> {
  client.setConfig({ baseUrl: server, throwOnError: true });
  const { data: session } = await authLogin({ body: { username, password } });
  client.setConfig({ auth: ({ scheme }) => (scheme === 'bearer' ? session?.accessToken : undefined) });
  const { data: page } = await readingHistoryList({ query: { status: ['started'], order: 'update-desc' } });
  const entry = page?.series[0]?.['reading-history'];
  if (entry === undefined) return null;
  const { series_id: id, client: clientId } = entry;
  const { data: changed } = await readingStatusProgress({
    path: { id },
    body: { op: 'increment', value: 1, client: clientId },
  });
  return changed?.progress ?? null;
}
