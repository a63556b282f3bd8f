import { createApi, fetchBaseQuery } from '@reduxjs/toolkit/query';
import { SERVER } from './scenario';

let token = '';
export const useToken = (next: string) => void (token = next);

/** What the generated endpoints are injected into. */
export const baseApi = createApi({
  baseQuery: fetchBaseQuery({
    baseUrl: SERVER,
    prepareHeaders: (headers) => {
      if (token !== '') headers.set('authorization', `Bearer ${token}`);
      return headers;
    },
  }),
  endpoints: () => ({}),
});
