import '@angular/compiler';
import { HttpClient, HttpHeaders, provideHttpClient, withFetch, withInterceptors } from '@angular/common/http';
import {
  createEnvironmentInjector,
  type EnvironmentInjector,
  Injector,
  provideZonelessChangeDetection,
  ɵINJECTOR_SCOPE as INJECTOR_SCOPE,
} from '@angular/core';
import { firstValueFrom } from 'rxjs';
import { authRegister } from '../angular/fn/sign-in/auth-register';
import { readingStatusAdd } from '../angular/fn/reading-history/reading-status-add';
import { readingStatusGet } from '../angular/fn/reading-history/reading-status-get';
import { seriesList } from '../angular/fn/catalog/series-list';
import { ENTRY, run, SERVER } from './scenario';

let token = '';
const injector = createEnvironmentInjector(
  [
    // What bootstrapping an application provides: this one has no page.
    { provide: INJECTOR_SCOPE, useValue: 'root' },
    provideZonelessChangeDetection(),
    provideHttpClient(
      withFetch(),
      withInterceptors([
        (request, next) =>
          next(
            token === ''
              ? request
              : request.clone({ headers: new HttpHeaders({ Authorization: `Bearer ${token}` }) }),
          ),
      ]),
    ),
  ],
  Injector.NULL as EnvironmentInjector,
);
const http = injector.get(HttpClient);

await run('angular', {
  register: async (username, password) =>
    (await firstValueFrom(authRegister(http, SERVER, { body: { username, password } }))).body.accessToken,
  findSeries: async (search) =>
    (await firstValueFrom(seriesList(http, SERVER, { search }))).body.series[0]?.id ?? 0,
  add: async (accessToken, id) => {
    token = accessToken;
    return (await firstValueFrom(readingStatusAdd(http, SERVER, { id, body: ENTRY }))).body.data;
  },
  progressOf: async (accessToken, id) => {
    token = accessToken;
    return (await firstValueFrom(readingStatusGet(http, SERVER, { id }))).body?.progress ?? 0;
  },
});
