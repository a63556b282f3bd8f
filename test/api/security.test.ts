import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { appForFile } from '../support/app.js';
import type { TestUser } from '../support/builders.js';
import { type DocumentedOperation, operations } from '../support/document.js';
import { form } from '../support/forms.js';
import { malExport, settled, upload } from '../support/imports.js';
import { tableDigests } from '../support/table-digests.js';

const app = appForFile();

/** Creates a user with one resource of each kind. @returns the user and the ids */
async function owner() {
  const user = await app.a.user();
  const client = app.client.as(user);
  const series = await app.a.oneSeries({
    volumes: [{ external_id: `${user.id}:1`, name: 'Volume 1', order: 1, language: 'en' }],
  });
  const bytes = await sharp({ create: { width: 20, height: 20, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const website = await app.a.clientId();
  await client.post(`/user/reading-status/add/${series}`, await app.a.entry());
  await client.post(`/user/series-rating/add/${series}`, { rating: 7 });
  const volume = (await client.get(`/series/${series}/volumes`)).body.volumes[0].id as number;
  await client.post(`/user/collection/add/${volume}`, { client: website });
  const collection = (await client.get(`/user/collection?client=${website}`)).body;
  const item = collection.volumes[0].collection?.item_id ?? collection.volumes[0].item_id ?? 1;
  const avatar = (
    await client.post(`/v1/users/${user.id}/avatars`, undefined, form([{ filename: 'a.png', bytes }]))
  ).body.id as number;
  const photo = (
    await client.post(
      `/v1/users/${user.id}/photos`,
      undefined,
      form([
        { name: 'client', bytes: String(website) },
        { filename: 'a.png', bytes },
      ]),
    )
  ).body.id as number;
  const session = (await client.get('/auth/sessions')).body.sessions[0].id as string;
  const token = (await client.post('/auth/tokens', { name: 'x', scopes: ['read'] })).body.id as string;
  const [identity] = await app.database.query<{ id: string }>(
    `insert into identities (user_id, id, provider, key) values ($1, gen_random_uuid(), 'x', 'x') returning id`,
    [user.id],
  );
  const imported = (await upload(client, malExport([{ id: 1 }]), { client: String(website) })).body
    .id as number;
  await settled(client, imported);
  return {
    user,
    series,
    volume,
    item,
    avatar,
    photo,
    session,
    token,
    identity: identity?.id ?? '',
    imported,
  };
}

type Owned = Awaited<ReturnType<typeof owner>>;

/** The path of an operation on a resource of this user. */
function pathTo({ path }: DocumentedOperation, victim: Owned): string {
  if (path.includes('/tokens/')) return path.replace('{id}', victim.token);
  if (path.includes('/identities/')) return path.replace('{id}', victim.identity);
  if (path.includes('/imports/'))
    return path.replace('{id}', String(victim.imported)).replace('{number}', '1');
  const id = /\/users\/|-image\//.test(path)
    ? victim.user.id
    : path.includes('/sessions/')
      ? victim.session
      : path.includes('/avatars/')
        ? victim.avatar
        : path.includes('/photos/')
          ? victim.photo
          : path.startsWith('/user/collection/add')
            ? victim.volume
            : path.startsWith('/user/collection')
              ? victim.item
              : victim.series;
  return path.replace('{userId}', victim.user.id).replace('{id}', String(id)).replace('{read}', '1');
}

const bodyOf = ({ requestBody }: DocumentedOperation): unknown =>
  (requestBody?.content?.['application/json'] as { example?: unknown } | undefined)?.example;

describe('requests of foreign pages', () => {
  it('rejects 1,000 changing requests of foreign pages that carry the cookie of a user, and changes nothing', async () => {
    const victim = await owner();
    const before = await tableDigests(app.database);
    const origins: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://localhost.evil.example:3000' },
      { origin: 'https://sub.localhost' },
      { origin: 'http://localhost:3001' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    const changing = operations.filter(
      ({ method, security }) => method !== 'GET' && security.some((scheme) => 'cookie' in scheme),
    );
    expect(changing.length).toBeGreaterThan(25);
    let sent = 0;
    for (const operation of changing) {
      const url = pathTo(operation, victim);
      const body = JSON.stringify(bodyOf(operation) ?? {});
      const bodies: { raw: string | Buffer; headers: Record<string, string> }[] = [
        { raw: body, headers: { 'content-type': 'application/json' } },
        { raw: body, headers: { 'content-type': 'text/plain' } },
        { raw: 'theme=dark', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
        form([{ filename: 'a.png', bytes: 'x' }]),
        { raw: '', headers: {} },
      ];
      for (const headers of origins) {
        for (const { raw, headers: type } of bodies) {
          const answer = await app.client.withCookie(victim.user).send(operation.method, url, undefined, {
            raw,
            headers: { ...headers, ...type },
          });
          expect([403, 415], `${operation.operationId} ${JSON.stringify({ ...headers, ...type })}`).toContain(
            answer.status,
          );
          sent++;
        }
      }
    }
    expect(sent).toBeGreaterThan(1000);
    expect(await tableDigests(app.database)).toEqual(before);
  });
});

describe('ids of other users', () => {
  it('answers 403 or 404 to requests for data of another user, and changes nothing', async () => {
    const victim = await owner();
    const stranger = await app.a.user();
    // Operations by the id of a resource that a user owns. Ids of series and volumes are shared by all users.
    const owned = operations.filter(
      ({ path, security, operationId }) =>
        path.includes('{') &&
        security.length > 0 &&
        !path.startsWith('/admin') &&
        !/^(reading|rating)|Add$|^series|^volumes|^profiles|^avatarsGet/.test(operationId) &&
        operationId !== 'deleteUserPhoto',
    );
    expect(owned.length).toBeGreaterThan(9);
    const before = await tableDigests(app.database);
    for (const operation of owned) {
      const body = bodyOf(operation);
      const isForm = operation.requestBody?.content?.['multipart/form-data'] !== undefined;
      for (const client of [app.client.as(stranger), app.client.withCookie(stranger)]) {
        const options = isForm ? form([{ filename: 'a.png', bytes: 'x' }]) : {};
        const { status, text } = await client.send(
          operation.method,
          pathTo(operation, victim),
          isForm ? undefined : body,
          options,
        );
        if (status === 401 && operation.security.every((scheme) => 'bearer' in scheme)) continue;
        expect([403, 404], operation.operationId).toContain(status);
        expect(text).not.toContain(victim.user.username);
      }
    }
    expect(await tableDigests(app.database)).toEqual(before);
  });
});

describe('mass assignment', () => {
  it('rejects every column name that is not a field of the body with 400, and changes nothing', async () => {
    const columns = await app.database.query<{ name: string }>(
      `select distinct column_name as name from information_schema.columns where table_schema = 'public'`,
    );
    const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const names = [...new Set(columns.flatMap(({ name }) => [name, camel(name)]))];
    const victim = await owner();
    const admin = app.client.as(await app.a.administrator());
    const before = await tableDigests(app.database);
    let sent = 0;
    for (const operation of operations) {
      const media = operation.requestBody?.content?.['application/json'] as
        { schema?: Record<string, string>; example?: object } | undefined;
      if (media?.example === undefined || operation.operationId === 'authLogin') continue;
      const { document } = await import('../support/document.js');
      const schema = document.components.schemas[
        String(media.schema?.['$ref']).split('/').at(-1) as string
      ] as { properties: object };
      // `progress_type` is an accepted alias of `progressType`.
      const unknown = names.filter((name) => !(name in schema.properties) && name !== 'progress_type');
      const client = operation.path.startsWith('/admin') ? admin : app.client.as(victim.user);
      for (let from = 0; from < unknown.length; from += 5) {
        const extra = Object.fromEntries(unknown.slice(from, from + 5).map((name) => [name, 'x']));
        const answer = await client.send(operation.method, pathTo(operation, victim), {
          ...media.example,
          ...extra,
        });
        expect(answer.status, `${operation.operationId} ${Object.keys(extra).join()}`).toBe(400);
        const named = answer.body.errors.map(({ field }: { field: string }) => field);
        for (const name of Object.keys(extra)) expect(named, operation.operationId).toContain(name);
        sent++;
      }
    }
    expect(sent).toBeGreaterThan(300);
    expect(await tableDigests(app.database)).toEqual(before);
  });
});

describe('POST /v1/users/{id}/avatars without a credential', () => {
  it('rejects an upload without a credential with 401, and changes nothing', async () => {
    const user: TestUser = await app.a.user();
    const before = await tableDigests(app.database);
    const answer = await app.client.post(
      `/v1/users/${user.id}/avatars`,
      undefined,
      form([{ filename: 'a.png', bytes: Buffer.alloc(4_000_000) }]),
    );
    expect(answer.status).toBe(401);
    expect(await tableDigests(app.database)).toEqual(before);
  });
});
