import { configureStore } from '@reduxjs/toolkit';
import { api } from '../rtk/api';
import { useToken } from './base-api';
import { ENTRY, run } from './scenario';

const store = configureStore({
  reducer: { [api.reducerPath]: api.reducer },
  middleware: (defaults) => defaults().concat(api.middleware),
});
const { authRegister, readingStatusAdd, readingStatusGet, seriesList } = api.endpoints;

await run('rtk', {
  register: async (username, password) =>
    (await store.dispatch(authRegister.initiate({ registration: { username, password } })).unwrap()).accessToken,
  findSeries: async (search) =>
    (await store.dispatch(seriesList.initiate({ search })).unwrap()).series[0]?.id ?? 0,
  add: async (token, id) => {
    useToken(token);
    return (await store.dispatch(readingStatusAdd.initiate({ id, readingEntryInput: ENTRY })).unwrap()).data;
  },
  progressOf: async (token, id) => {
    useToken(token);
    return (await store.dispatch(readingStatusGet.initiate({ id })).unwrap())?.progress ?? 0;
  },
});
process.exit();
