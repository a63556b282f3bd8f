import { authRegister, readingStatusAdd, readingStatusGet, seriesList } from '../orval/api';
import { getSeriesListResponseMock } from '../orval/api.faker';
import { AuthRegisterResponse, ReadingStatusGetResponse, SeriesListResponse } from '../orval-zod/api';
import { ENTRY, run, SERVER } from './scenario';

// The generated functions fetch paths of the page's own server.
const native = globalThis.fetch;
globalThis.fetch = (input, init) => native(`${SERVER}${String(input)}`, init);
const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

await run('orval', {
  register: async (username, password) =>
    AuthRegisterResponse.parse((await authRegister({ username, password })).data).accessToken,
  findSeries: async (search) => SeriesListResponse.parse((await seriesList({ search })).data).series[0]?.id ?? 0,
  add: async (token, id) => {
    const answer = await readingStatusAdd(id, ENTRY, bearer(token));
    return String(answer.data.data);
  },
  progressOf: async (token, id) =>
    ReadingStatusGetResponse.parse((await readingStatusGet(id, bearer(token))).data)?.progress ?? 0,
});
// The mocks must be what the schemas say.
SeriesListResponse.parse(getSeriesListResponseMock());
