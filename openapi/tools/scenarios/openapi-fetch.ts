import createClient from 'openapi-fetch';
import type { paths } from '../openapi-typescript/schema';
import { ENTRY, run, SERVER } from './scenario';

const client = createClient<paths>({ baseUrl: SERVER });
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

await run('fetch', {
  register: async (username, password) =>
    (await client.POST('/auth/register', { body: { username, password } })).data?.accessToken ?? '',
  findSeries: async (search) =>
    (await client.GET('/series', { params: { query: { search } } })).data?.series[0]?.id ?? 0,
  add: async (token, id) =>
    (
      await client.POST('/user/reading-status/add/{id}', {
        params: { path: { id } },
        headers: bearer(token),
        body: ENTRY,
      })
    ).data?.data ?? '',
  progressOf: async (token, id) =>
    (
      await client.GET('/user/reading-status/id/{id}', { params: { path: { id } }, headers: bearer(token) })
    ).data?.progress ?? 0,
});
