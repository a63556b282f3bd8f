import { describe, expect, it } from 'vitest';
import { appForFile } from '../support/app.js';
import { operations } from '../support/document.js';

const app = appForFile();

/** Query parameters with a single value; those of DeleteUserPhoto have a test of their own. */
const single = operations
  .filter(({ operationId }) => operationId !== 'deleteUserPhoto')
  .flatMap((operation) =>
    (operation.parameters ?? [])
      .filter(({ in: place, schema }) => place === 'query' && schema?.['type'] !== 'array')
      .map(({ name, example }) => [operation, name, encodeURIComponent(String(example))] as const),
  );

describe('query parameters with a single value', () => {
  it('rejects a repeated query parameter with 400 on every route', async () => {
    expect(single.length).toBeGreaterThan(40);
    const client = app.client.as(await app.a.administrator());
    const user = await app.a.user();
    const [series] = await app.a.series({});
    const website = await app.a.clientId();
    for (const [{ method, path, operationId, parameters = [] }, name, value] of single) {
      const url = path
        .replace('{id}', path.startsWith('/v1/users') ? user.id : String(series))
        .replace('{slug}', user.username);
      const needsClient = parameters.some((one) => one.name === 'client' && one.required);
      const rest = needsClient && name !== 'client' ? `&client=${website}` : '';
      for (const query of [
        `${name}=${value}&${name}=${value}`,
        `${name}=&${name}=${value}`,
        `${name}&${name}`,
      ]) {
        const answer = await client.send(method, `${url}?${query}${rest}`);
        expect(answer.status, `${operationId} ?${query}`).toBe(400);
        const fields = answer.body.errors.map(({ field }: { field: string }) => field);
        expect(fields, `${operationId} ?${query}`).toContain(name);
      }
    }
  });

  it('rejects a repeated query parameter of DeleteUserPhoto with 400 in the envelope of family D', async () => {
    const admin = app.client.as(await app.a.administrator());
    const { id, key } = (await admin.post('/admin/clients', { name: 'Twice', scopes: ['photos:delete'] }))
      .body;
    const headers = { websiteId: String(id), webApiClientKey: key };
    const path = '/api/4/UploadImage/DeleteUserPhoto';
    const user = await app.a.user();
    for (const query of [
      `userId=${user.id}&userId=${user.id}&photoId=1`,
      `userId=${user.id}&photoId=1&photoId=1`,
    ]) {
      const answer = await app.client.with(headers).get(`${path}?${query}`);
      expect(answer, query).toMatchObject({ status: 400, body: { Response: 'Error' } });
    }
  });
});

describe('query parameters with a list', () => {
  it.each([
    'status=started,paused',
    'status=started&status=paused',
    'status[]=started&status[]=paused',
    'status%5B%5D=started&status%5B%5D=paused',
    'status[]=started,paused',
    'status=started&status[]=paused',
  ])('accepts a list in a query written as %s', async (query) => {
    const reader = app.client.as(await app.a.user());
    const ids = await app.a.series({}, {}, {});
    const statuses = ['started', 'paused', 'dropped'];
    for (const [index, id] of ids.entries())
      await reader.post(`/user/reading-status/add/${id}`, await app.a.entry({ status: statuses[index] }));
    expect((await reader.get(`/user/reading-history?${query}`)).body.total).toBe(2);
    expect((await reader.get('/user/reading-history?status=&status[]=')).body.total).toBe(3);
    expect((await reader.get('/user/reading-history?status[]=started&status[]=x')).status).toBe(400);
  });
});
