import { authRegister } from '../kubb/clients/authRegister';
import { readingStatusAdd } from '../kubb/clients/readingStatusAdd';
import { readingStatusGet } from '../kubb/clients/readingStatusGet';
import { seriesList } from '../kubb/clients/seriesList';
import { ENTRY, run, SERVER } from './scenario';

const baseURL = SERVER;
// Kubb's client for fetch leaves the type of JSON bodies to its configuration.
const headers = { 'Content-Type': 'application/json' };
const bearer = (token: string) => ({
  baseURL,
  headers: { ...headers, Authorization: `Bearer ${token}` },
});

await run('kubb', {
  register: async (username, password) => (await authRegister({ username, password }, { baseURL, headers })).accessToken,
  findSeries: async (search) => (await seriesList({ search }, {}, { baseURL })).series[0]?.id ?? 0,
  add: async (token, id) => (await readingStatusAdd(id, ENTRY, {}, bearer(token))).data,
  progressOf: async (token, id) => (await readingStatusGet(id, {}, bearer(token)))?.progress ?? 0,
});
