import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { FileRemoval } from '../../src/images/file-removal.js';
import { ImageStore } from '../../src/images/image-store.js';
import { appForFile, startApp } from '../support/app.js';
import { entriesAbout } from '../support/audit.js';
import type { TestUser } from '../support/builders.js';
import { failCommitsOf } from '../support/database.js';
import { form } from '../support/forms.js';
import { recordStatements } from '../support/statements.js';

const app = appForFile();
let moderator: TestUser;
let clientId: number;

const pictureOf = (background: string) =>
  sharp({ create: { width: 400, height: 300, channels: 3, background } })
    .jpeg()
    .toBuffer();

async function uploadPhoto(user: TestUser, client = clientId) {
  const parts = [
    { name: 'client', bytes: String(client) },
    { filename: 'shelf.jpg', bytes: await pictureOf('#336699') },
  ];
  return app.client.as(user).post(`/v1/users/${user.id}/photos`, undefined, form(parts));
}

async function uploadAvatar(user: TestUser, background = '#993366') {
  const bytes = await pictureOf(background);
  const url = `/user/update-image/${user.id}`;
  return (await app.client.as(user).post(url, { image: bytes.toString('base64') })).body.avatar;
}

const list = async (query = '') => (await app.client.as(moderator).get(`/admin/images?${query}`)).body;
const keys = (body: { images: { kind: string; id: number }[] }) =>
  body.images.map(({ kind, id }) => `${kind} ${id}`);
const pathOf = (url: string) => new URL(url).pathname;

async function filesWith(part: string): Promise<string[]> {
  await app.nest.get(FileRemoval).idle();
  const found: string[] = [];
  for await (const key of app.nest.get(ImageStore).keysOlderThan(new Date(Date.now() + 60_000))) {
    if (key.includes(part)) found.push(key);
  }
  return found;
}

beforeAll(async () => {
  moderator = await app.a.user({ permissions: ['moderate-images'] });
  clientId = await app.a.clientId();
});

describe('GET /admin/images', () => {
  it('lists avatars and photos together, newest first, and filters and pages them', async () => {
    const [one, two] = [await app.a.user(), await app.a.user()];
    const other = await app.a.registeredClient();
    const first = await uploadAvatar(one);
    const second = (await uploadPhoto(one)).body;
    const third = (await uploadPhoto(two, other.id)).body;
    const fourth = await uploadAvatar(two);
    const all = await list();
    expect(all).toMatchObject({ max: 1, from: 1, to: 4, total: 4 });
    expect(keys(all)).toEqual([
      `avatar ${fourth.id}`,
      `photo ${third.id}`,
      `photo ${second.id}`,
      `avatar ${first.id}`,
    ]);
    const [avatar, photo] = all.images;
    expect(photo).toEqual({
      kind: 'photo',
      id: third.id,
      user: { id: two.id, username: two.username },
      client: other.id,
      url: third.url,
      thumbnail_url: third.thumbnail_url,
      uploaded: third.uploaded,
    });
    expect(avatar).toMatchObject({
      user: { id: two.id, username: two.username },
      client: null,
      url: fourth.versions.full.url,
      thumbnail_url: fourth.versions['290x290'].url,
    });
    expect(Math.abs(Date.parse(avatar.uploaded) - Date.now())).toBeLessThan(60_000);
    for (const url of [avatar.url, avatar.thumbnail_url, photo.url, photo.thumbnail_url])
      expect((await app.client.get(pathOf(url))).status).toBe(200);

    // Pages of both kinds neither overlap nor skip.
    const pages = await Promise.all([0, 1, 2, 3, 4].map((offset) => list(`limit=1&offset=${offset}`)));
    expect(pages.flatMap(keys)).toEqual(keys(all));
    expect(pages[2]).toMatchObject({ max: 4, from: 3, to: 3, total: 4 });
    expect(pages[4]).toMatchObject({ images: [], max: 4, from: 0, to: 0, total: 4 });

    const expected: [query: string, images: string[]][] = [
      ['kind=avatar', [`avatar ${fourth.id}`, `avatar ${first.id}`]],
      ['kind=photo', [`photo ${third.id}`, `photo ${second.id}`]],
      [`user=${one.id}`, [`photo ${second.id}`, `avatar ${first.id}`]],
      [`user=${one.id}&kind=avatar`, [`avatar ${first.id}`]],
      [`client=${other.id}`, [`photo ${third.id}`]],
      [`client=${clientId}&kind=photo`, [`photo ${second.id}`]],
      [`client=${clientId}&kind=avatar`, []],
      [`client=${other.id}&user=${two.id}`, [`photo ${third.id}`]],
      [`client=${other.id}&user=${one.id}`, []],
      [`user=${'f'.repeat(24)}`, []],
      ['kind=&user=&client=', keys(all)],
    ];
    for (const [query, images] of expected) {
      const body = await list(query);
      expect(keys(body), query).toEqual(images);
      expect(body.total, query).toBe(images.length);
    }
    for (const query of ['kind=cover', 'user=me', `user=${'F'.repeat(24)}`, 'client=0', 'client=999999'])
      expect(await list(query), query).toMatchObject({ data: 'Invalid parameters', code: 400 });
    await app.database.query('update clients set enabled = false where id = $1', [other.id]);
    expect(await list(`client=${other.id}`)).toMatchObject({ data: 'Invalid parameters' });

    // An avatar moves to the front with a new picture, not with the same one under another name.
    await uploadAvatar(one);
    expect(keys(await list())).toEqual(keys(all));
    const replaced = await uploadAvatar(one, '#00ff00');
    const after = await list();
    expect(keys(after)[0]).toBe(`avatar ${first.id}`);
    expect(after.images[0].url).toBe(replaced.versions.full.url);
  });

  it('leaves out avatars whose first upload is in progress or failed', async () => {
    const user = await app.a.user();
    await app.database.query(
      `insert into avatars (user_id, id, reserved_until) values ($1, nextval('avatar_ids_id_seq'), now() + interval '1 minute')`,
      [user.id],
    );
    const before = await list('kind=avatar');
    expect(keys(await list(`user=${user.id}`))).toEqual([]);
    await app.database.query('delete from avatars where user_id = $1', [user.id]);
    expect((await list('kind=avatar')).total).toBe(before.total);
    const form400 = await app.client
      .as(user)
      .post(`/v1/users/${user.id}/avatars`, undefined, form([{ filename: 'a.png', bytes: 'no image' }]));
    expect(form400.status).toBe(400);
    expect((await list('kind=avatar')).total).toBe(before.total);
  });

  it('counts the pictures that are left after uploads, replacements and deletions of pictures and accounts', async () => {
    const website = await app.a.registeredClient();
    const users = [await app.a.user(), await app.a.user(), await app.a.user()];
    for (const user of users) {
      await uploadAvatar(user);
      await uploadAvatar(user, '#0000ff');
      await uploadPhoto(user, website.id);
      await uploadPhoto(user);
    }
    const [first, second] = users as [TestUser, TestUser];
    const admin = await app.a.administrator();
    expect((await app.client.as(admin).delete(`/admin/users/${first.id}`)).status).toBe(200);
    expect((await app.client.as(second).delete(`/user/delete-image/${second.id}`)).status).toBe(200);
    const { images } = await list(`user=${second.id}&client=${website.id}`);
    expect((await app.client.as(second).delete(`/v1/photos/${images[0].id}`)).status).toBe(204);
    const [rows] = await app.database.query<{ avatars: number; photos: number; of_client: number }>(
      `select (select count(*)::int from avatars where hash is not null) as avatars,
         (select count(*)::int from photos) as photos,
         (select count(*)::int from photos where client_id = $1) as of_client`,
      [website.id],
    );
    expect(rows?.of_client).toBe(1);
    expect((await list('kind=avatar')).total).toBe(rows?.avatars);
    expect((await list('kind=photo')).total).toBe(rows?.photos);
    expect((await list()).total).toBe((rows?.avatars ?? 0) + (rows?.photos ?? 0));
    expect((await list(`client=${website.id}`)).total).toBe(1);
  });

  it('reads no more pictures than a page needs, whatever their number', async () => {
    const record = recordStatements(app.nest);
    await list('limit=20&offset=40');
    await list(`limit=20&client=${clientId}`);
    record.stop();
    const pages = record.executed.filter(({ name }) => name.startsWith('admin-images.page'));
    expect(pages).toHaveLength(2);
    const values: Record<string, string> = { limit: '20', offset: '40', client: String(clientId) };
    await app.database.query('begin');
    try {
      await insertPictures(5000);
      for (const [index, { text, parameters }] of pages.entries()) {
        await app.database.query(`prepare plan_${index} as ${text}`);
        const given = parameters.map((name) => values[name]).join(', ');
        const plan = await app.database.query<{ 'QUERY PLAN': string }>(
          `explain (analyze, timing off, buffers off) execute plan_${index}(${given})`,
        );
        await app.database.query(`deallocate plan_${index}`);
        const lines = plan.map((row) => row['QUERY PLAN']);
        const scans = lines.filter((line) => /Scan.* on (photos|avatars|users)/.test(line));
        expect(scans.length, lines.join('\n')).toBeGreaterThan(1);
        for (const scan of scans) {
          expect(scan, lines.join('\n')).toContain('Index');
          if (scan.includes('never executed')) continue;
          expect(Number(/rows=([\d.]+) loops=\d+\)$/.exec(scan)?.[1]), scan).toBeLessThanOrEqual(60);
        }
      }
    } finally {
      await app.database.query('rollback');
    }
  });

  /** Inserts avatars and photos of as many users, in the open transaction. */
  async function insertPictures(count: number): Promise<void> {
    const from = `generate_series(1, ${count}) n`;
    const userId = `'a' || lpad(to_hex(n), 23, '0')`;
    await app.database.query(
      `insert into users (id, username, slug) select ${userId}, 'plan' || n, 'plan' || n from ${from}`,
    );
    await app.database.query(
      `insert into avatars (user_id, id, hash, format, uploaded)
       select ${userId}, 1000000 + n, 'h', 'png', now() - n * interval '1 minute' from ${from}`,
    );
    await app.database.query(
      `insert into photos (user_id, id, client_id, token, name, format, width, height, size, uploaded)
       select ${userId}, 1000000 + n, $1, '', '', 'png', 1, 1, 1, now() - n * interval '1 minute' from ${from}`,
      [clientId],
    );
    for (const table of ['users', 'avatars', 'photos']) await app.database.query(`analyze ${table}`);
  }
});

describe('DELETE /admin/images/:kind/:id', () => {
  it('deletes any user’s picture and its files, with an audit entry, once', async () => {
    const [user, admin] = [await app.a.user(), await app.a.administrator()];
    const avatar = await uploadAvatar(user);
    const photo = (await uploadPhoto(user)).body;
    const client = app.client.as(moderator);
    const [picture, thumbnail] = (await list(`user=${user.id}&kind=photo`)).images.map(
      ({ url, thumbnail_url }: Record<string, string>) => [url, thumbnail_url],
    )[0];
    expect((await client.delete(`/admin/images/photo/${photo.id}`)).status).toBe(204);
    expect((await client.delete(`/admin/images/avatar/${avatar.id}`)).status).toBe(204);
    expect(await filesWith(`photos/${pathOf(photo.url).split('/')[3]}`)).toEqual([]);
    expect(await filesWith(`avatars/${avatar.id}/`)).toEqual([]);
    for (const url of [picture, thumbnail, avatar.versions.full.url])
      expect((await app.client.get(pathOf(url))).status).toBe(404);
    expect((await list(`user=${user.id}`)).total).toBe(0);
    expect(await entriesAbout(app.database, user.id)).toMatchObject([
      { actor: moderator.id, ip: '127.0.0.1', action: 'photo.delete', before: { photo: photo.id } },
      { actor: moderator.id, ip: '127.0.0.1', action: 'user.delete-image', before: { avatar: avatar.id } },
    ]);
    // The user has a generated picture again, and may upload another one.
    const fallback = await app.client.get(`/user/avatar/${user.id}/128x128`);
    expect(fallback.headers['location']).toContain('default');
    expect((await app.client.as(user).get('/auth/me')).body.user.profile_image).toBeNull();
    expect(await client.delete(`/admin/images/photo/${photo.id}`)).toMatchObject({
      status: 404,
      body: { data: 'Photo not found' },
    });
    expect(await client.delete(`/admin/images/avatar/${avatar.id}`)).toMatchObject({
      status: 404,
      body: { data: 'Avatar not found' },
    });
    expect((await uploadAvatar(user)).id).not.toBe(avatar.id);
    for (const path of ['cover/1', 'photo/0', 'avatar/x'])
      expect((await client.delete(`/admin/images/${path}`)).status, path).toBe(400);
    // The permission is that of these routes alone.
    const next = (await uploadPhoto(user)).body;
    expect((await client.delete(`/v1/photos/${next.id}`)).status).toBe(403);
    expect((await app.client.as(admin).delete(`/admin/images/photo/${next.id}`)).status).toBe(204);
  });

  it('deletes neither picture nor files when the commit fails, and answers 503 without file storage', async () => {
    const user = await app.a.user();
    const avatar = await uploadAvatar(user);
    const photo = (await uploadPhoto(user)).body;
    const paths = [`/admin/images/photo/${photo.id}`, `/admin/images/avatar/${avatar.id}`];
    await failCommitsOf(app.database, 'audit_entries', async () => {
      for (const path of paths) expect((await app.client.as(moderator).delete(path)).status).toBe(500);
    });
    const without = await startApp({ STORAGE_DRIVER: 'none' }, app.database);
    for (const path of paths) expect((await without.client.as(moderator).delete(path)).status).toBe(503);
    expect((await without.client.as(moderator).delete('/admin/images/photo/999999')).status).toBe(404);
    await without.close();
    expect((await list(`user=${user.id}`)).total).toBe(2);
    await app.nest.get(FileRemoval).idle();
    for (const url of [photo.url, avatar.versions.full.url])
      expect((await app.client.get(pathOf(url))).status).toBe(200);
    expect(await entriesAbout(app.database, user.id)).toEqual([]);
  });
});
