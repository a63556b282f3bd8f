import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NewClient } from '../../src/clients/clients.service.js';
import { FileRemoval } from '../../src/images/file-removal.js';
import { ImageStore } from '../../src/images/image-store.js';
import { appForFile, startApp } from '../support/app.js';
import type { TestUser } from '../support/builders.js';
import type { TestClient } from '../support/client.js';
import { failCommitsOf } from '../support/database.js';
import { form } from '../support/forms.js';

sharp.unblock({ operation: ['VipsForeignLoadWebpBuffer'] });
const app = appForFile();
let website: NewClient;
let bytes: Buffer;

const deletion = '/api/4/UploadImage/DeleteUserPhoto';
const envelope = (Message: string, ErrorCode: string) => ({
  Response: 'Error',
  Message,
  Data: null,
  ErrorCode,
});

beforeAll(async () => {
  website = await app.a.registeredClient('partner', ['photos:delete']);
  bytes = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#336699' } })
    .jpeg()
    .toBuffer();
});

const upload = (client: TestClient, user: TestUser, fields: { client?: unknown; bytes?: Buffer } = {}) => {
  const { client: id = website.id, bytes: file = bytes } = fields;
  const parts = [
    { name: 'client', bytes: String(id) },
    { filename: 'shelf.jpg', bytes: file },
  ];
  return client.post(`/v1/users/${user.id}/photos`, undefined, form(parts));
};
const asPartner = (query: string, headers: Record<string, string> = {}) =>
  app.client.get(`${deletion}?${query}`, {
    headers: { websiteid: String(website.id), webapiclientkey: website.key, ...headers },
  });
const pathOf = (url: string) => new URL(url).pathname;

async function filesLeft(token: string): Promise<string[]> {
  await app.nest.get(FileRemoval).idle();
  const found: string[] = [];
  for await (const key of app.nest.get(ImageStore).keysOlderThan(new Date(Date.now() + 60_000))) {
    if (key.includes(token)) found.push(key);
  }
  return found;
}

describe('Photos: /v1/users/:id/photos and /v1/photos/:id', () => {
  it('uploads, lists, serves and deletes photos, newest first', async () => {
    const user = await app.a.user();
    const client = app.client.withCookie(user);
    const first = await upload(client, user);
    expect(first).toMatchObject({ status: 201, body: { name: 'shelf.jpg', width: 640, height: 480 } });
    const second = await upload(client, user);
    const list = await client.get(`/v1/users/${user.id}/photos`);
    expect(list.body).toMatchObject({ max: 1, from: 1, to: 2, total: 2 });
    expect(list.body.photos).toEqual([second.body, first.body]);
    const whole = await app.client.get(pathOf(first.body.url));
    expect(whole.headers['content-type']).toBe('image/jpeg');
    expect(whole.bytes.length).toBe(first.body.size);
    const thumbnail = await app.client.get(pathOf(first.body.thumbnail_url));
    expect(await sharp(thumbnail.bytes).metadata()).toMatchObject({
      format: 'webp',
      width: 320,
      height: 240,
    });
    const url = pathOf(first.body.url);
    const get = (headers: Record<string, string>) => app.client.get(url, { headers });
    expect((await get({ range: 'bytes=0-9' })).bytes).toHaveLength(10);
    expect((await get({ 'if-none-match': String(whole.headers['etag']) })).status).toBe(304);
    expect((await get({ range: `bytes=${whole.bytes.length}-` })).status).toBe(416);
    expect((await client.delete(`/v1/photos/${first.body.id}`)).status).toBe(204);
    expect((await app.client.get(pathOf(first.body.url))).status).toBe(404);
    expect(await filesLeft(String(pathOf(first.body.url).split('/')[3]))).toEqual([]);
    expect(await client.delete(`/v1/photos/${first.body.id}`)).toMatchObject({
      status: 404,
      body: { data: 'Photo not found', code: 404 },
    });
    expect((await app.client.get(pathOf(first.body.url))).status).toBe(404);
  });

  it('leaves no file when the commit of an upload fails, and keeps the photo when that of a deletion fails', async () => {
    const user = await app.a.user();
    const { body } = await upload(app.client.as(user), user);
    const before = await filesLeft('photos/');
    await failCommitsOf(app.database, 'photos', async () => {
      expect((await upload(app.client.as(user), user)).status).toBe(500);
      expect((await app.client.as(user).delete(`/v1/photos/${body.id}`)).status).toBe(500);
      expect(await asPartner(`userId=${user.id}&photoId=${body.id}`)).toMatchObject({
        status: 500,
        body: envelope('Internal server error', '500'),
      });
    });
    expect((await filesLeft('photos/')).toSorted()).toEqual(before.toSorted());
    expect((await app.client.as(user).get(`/v1/users/${user.id}/photos`)).body.photos).toEqual([body]);
    expect((await app.client.get(pathOf(body.url))).status).toBe(200);
  });

  it('rejects an upload with 400 when its client is deleted meanwhile', async () => {
    const user = await app.a.user();
    const gone = await app.a.registeredClient();
    const admin = await app.a.administrator();
    const uploads = Array.from({ length: 4 }, () => upload(app.client.as(user), user, { client: gone.id }));
    const deleted = await app.client.as(admin).delete(`/admin/clients/${gone.id}`);
    for (const { status } of await Promise.all(uploads))
      expect(status).toBe(deleted.status === 204 ? 400 : 201);
  });

  it('lists the photos of a user by index, without sorting', async () => {
    const user = await app.a.user();
    await app.database.query(
      `insert into users (id, username, slug, password_hash)
       select lpad(to_hex(n), 24, '0'), 'plan' || n, 'plan' || n, '' from generate_series(1, 100) n`,
    );
    await app.database.query(
      `insert into photos (user_id, id, client_id, token, name, format, width, height, size)
       select u.id, 1000000 + n, $1, '', '', 'png', 1, 1, 1 from users u, generate_series(1, 200) n`,
      [website.id],
    );
    await app.database.query('analyze photos');
    const plan = await app.database.query<Record<string, string>>(
      `explain select * from photos where user_id = '${user.id}' order by id desc limit 20`,
    );
    const lines = plan.map((row) => row['QUERY PLAN']).join('\n');
    expect(lines).toContain('Index Scan Backward using photos_pkey');
    expect(lines).not.toContain('Sort');
    await app.database.query('delete from photos where id > 1000000');
  });

  it('admits the owner to a photo, and administrators to view and delete it', async () => {
    const [user, other, admin] = [await app.a.user(), await app.a.user(), await app.a.administrator()];
    const { body } = await upload(app.client.as(user), user);
    expect((await upload(app.client.as(admin), user)).status).toBe(403);
    expect((await app.client.as(other).get(`/v1/users/${user.id}/photos`)).status).toBe(403);
    expect((await app.client.as(other).delete(`/v1/photos/${body.id}`)).status).toBe(403);
    expect((await app.client.as(admin).get(`/v1/users/${user.id}/photos`)).body.total).toBe(1);
    expect((await app.client.as(admin).get(`/v1/users/${'f'.repeat(24)}/photos`)).status).toBe(404);
    expect((await app.client.as(admin).delete(`/v1/photos/${body.id}`)).status).toBe(204);
    const entries = await app.database.query('select actor, action from audit_entries where target = $1', [
      user.id,
    ]);
    expect(entries).toEqual([{ actor: admin.id, action: 'photo.delete' }]);
  });

  it.each([
    [[], 'Required parameters missing'],
    [[{ name: 'client', bytes: '1' }], 'Required parameters missing'],
    [[{ filename: 'a', bytes: 'x' }], 'Required parameters missing'],
    [
      [
        { name: 'client', bytes: ' ' },
        { filename: 'a', bytes: 'x' },
      ],
      'Required parameters missing',
    ],
    [
      [
        { name: 'client', bytes: 'x' },
        { filename: 'a', bytes: 'x' },
      ],
      'Invalid parameters',
    ],
    [
      [
        { name: 'client', bytes: '99999' },
        { filename: 'a', bytes: 'x' },
      ],
      'Invalid parameters',
    ],
    [
      [
        { name: 'other', bytes: '1' },
        { filename: 'a', bytes: 'x' },
      ],
      'Required parameters missing',
    ],
  ])('rejects a photo with the form parts %j with 400', async (parts, data) => {
    const user = await app.a.user();
    const answer = await app.client.as(user).post(`/v1/users/${user.id}/photos`, undefined, form(parts));
    expect(answer).toMatchObject({ status: 400, body: { data } });
  });

  it('accepts 3 of 10 concurrent uploads when 197 of 200 photos exist, and rejects the others with 409', async () => {
    const user = await app.a.user();
    await app.database.query(
      `insert into photos (user_id, id, client_id, token, name, format, width, height, size)
       select $1, 100000 + i, $2, i::text, '', 'png', 1, 1, 1 from generate_series(1, 197) i`,
      [user.id, website.id],
    );
    const answers = await Promise.all(Array.from({ length: 10 }, () => upload(app.client.as(user), user)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expect(answer).toMatchObject({ status: 409, body: { data: 'Photo limit reached' } });
    }
    await app.client.as(user).delete('/users/current');
  });

  it('deletes the files and ids of photos when the account is deleted', async () => {
    const user = await app.a.user();
    const { body } = await upload(app.client.as(user), user);
    await app.client.as(user).delete('/users/current');
    app.nest.get(FileRemoval).kick();
    expect(await filesLeft(String(pathOf(body.url).split('/')[3]))).toEqual([]);
    expect(await app.database.query('select from photo_ids where user_id = $1', [user.id])).toEqual([]);
  });
});

describe('GET /api/4/UploadImage/DeleteUserPhoto', () => {
  it('deletes a photo with its files and audits it, and answers 404 the second time', async () => {
    const user = await app.a.user();
    const { body } = await upload(app.client.as(user), user);
    const query = `userId=${user.id}&photoId=${body.id}`;
    const answer = await asPartner(query);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        Response: 'Success',
        Message: 'The Image has been successfully deleted.',
        Data: null,
        ErrorCode: '',
      },
    });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(await filesLeft(String(pathOf(body.url).split('/')[3]))).toEqual([]);
    expect(await asPartner(query)).toMatchObject({ status: 404, body: envelope('Invalid Photo Id', '327') });
    const entries = await app.database.query('select actor, action from audit_entries where target = $1', [
      user.id,
    ]);
    expect(entries).toEqual([{ actor: `client:${website.id}`, action: 'photo.delete' }]);
  });

  it('checks a deletion by client key in the documented order and reports the first error', async () => {
    const user = await app.a.user();
    const { body } = await upload(app.client.as(user), user);
    const other = await app.a.registeredClient('other', ['photos:delete']);
    const scopeless = await app.a.registeredClient('scopeless', []);
    const disabled = await app.a.registeredClient('disabled', ['photos:delete']);
    await app.database.query('update clients set enabled = false where id = $1', [disabled.id]);
    const good = `userId=${user.id}&photoId=${body.id}`;
    const send = (headers: Record<string, string>, query = good) =>
      app.client.get(`${deletion}?${query}`, { headers });
    const as = ({ id, key }: NewClient) => ({ websiteid: String(id), webapiclientkey: key });
    const rows: [ReturnType<typeof send>, number, string, string][] = [
      [send({}), 401, 'Missing website id.', '372'],
      [send({ websiteid: ' ' }), 401, 'Missing website id.', '372'],
      [send({ websiteid: 'x', webapiclientkey: website.key }), 401, 'Invalid website id.', '221'],
      [send({ websiteid: '99999', webapiclientkey: website.key }), 401, 'Invalid website id.', '221'],
      [send(as(disabled)), 401, 'Invalid website id.', '221'],
      [send({ websiteid: String(website.id) }), 401, 'Invalid web API client key.', '226'],
      [
        send({ websiteid: String(website.id), webapiclientkey: other.key }),
        401,
        'Invalid web API client key.',
        '226',
      ],
      [send(as(scopeless), ''), 403, 'Forbidden', '403'],
      [send(as(website), ''), 400, 'Invalid user id.', '261'],
      [send(as(website), 'userId=x&photoId=1'), 400, 'Invalid user id.', '261'],
      [send(as(website), `userId=${user.id}`), 400, 'Invalid Photo Id', '327'],
      [send(as(website), `userId=${user.id}&photoId=x`), 400, 'Invalid Photo Id', '327'],
      [send(as(website), `userId=${user.id}&photoId=999999`), 404, 'Invalid Photo Id', '327'],
      [send(as(website), `userId=${user.id}&photoId=${'9'.repeat(40)}`), 404, 'Invalid Photo Id', '327'],
      [send(as(website), `userId=${'f'.repeat(24)}&photoId=${body.id}`), 404, 'Invalid Photo Id', '327'],
      [send(as(other)), 404, 'Invalid Photo Id', '327'],
    ];
    for (const [answer, status, message, code] of rows) {
      expect(await answer).toMatchObject({ status, body: envelope(message, code) });
    }
    const byCookie = app.client.withCookie(user).with({ authorization: `Bearer ${user.accessToken}` });
    expect((await byCookie.get(`${deletion}?${good}`)).status).toBe(401);
    expect(
      (await app.nest.inject({ method: 'HEAD', url: `${deletion}?${good}`, headers: as(website) }))
        .statusCode,
    ).toBe(404);
    expect((await app.client.as(user).get(`/v1/users/${user.id}/photos`)).body.total).toBe(1);
    const nowhere = await app.nest.inject('/api/4/UploadImage/Nothing');
    expect(nowhere.json()).toEqual(envelope('Not found', '404'));
  });

  it('answers a deletion by client key with 503 on a node without file storage, and with 429 after 60 requests', async () => {
    const headers = { websiteid: String(website.id), webapiclientkey: website.key };
    const user = await app.a.user();
    const { body } = await upload(app.client.as(user), user);
    const without = await startApp({ STORAGE_DRIVER: 'none' }, app.database);
    expect(
      await without.client.get(`${deletion}?userId=${user.id}&photoId=${body.id}`, { headers }),
    ).toMatchObject({
      status: 503,
      body: envelope('This service is not handling file uploads.', '503'),
    });
    await without.close();
    const limited = await startApp({ RATE_LIMIT: 'on' }, app.database);
    const answers = await Promise.all(
      Array.from({ length: 65 }, () => limited.client.get(deletion, { headers })),
    );
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.body).toEqual(envelope('Too many requests.', '429'));
    await limited.close();
  });
});
