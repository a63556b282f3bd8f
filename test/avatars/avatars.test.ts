import { type AddressInfo, connect } from 'node:net';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { AVATAR_SIZES } from '../../src/avatars/avatar-files.js';
import { FileSweeper } from '../../src/images/file-sweeper.js';
import { FileRemoval } from '../../src/images/file-removal.js';
import { ImageStore } from '../../src/images/image-store.js';
import { appForFile, startApp, type TestApp } from '../support/app.js';
import type { TestUser } from '../support/builders.js';
import type { TestClient } from '../support/client.js';
import { failCommitsOf } from '../support/database.js';
import { form } from '../support/forms.js';

sharp.unblock({ operation: ['VipsForeignLoadWebpBuffer'] });
const app = appForFile();

const picture = (shade: number, width = 40, height = 30) =>
  sharp({ create: { width, height, channels: 3, background: { r: shade, g: 50, b: 200 } } })
    .png()
    .toBuffer();

const file = (bytes: Buffer, filename = 'me.png') => form([{ filename, bytes }]);
const upload = (client: TestClient, user: TestUser, bytes: Buffer, filename?: string) =>
  client.post(`/v1/users/${user.id}/avatars`, undefined, file(bytes, filename));
const pathOf = (url: string) => new URL(url).pathname;

/** Keys of all files in the store. */
async function keys(of: TestApp = app): Promise<string[]> {
  const removal = of.nest.get(FileRemoval);
  // Repeats removals that failed.
  do {
    removal.kick();
    await removal.idle();
  } while ((await of.database.query('select from removed_files')).length > 0);
  const found: string[] = [];
  for await (const key of of.nest.get(ImageStore).keysOlderThan(new Date(Date.now() + 60_000)))
    found.push(key);
  return found;
}
const keysOfAvatar = async (id: number) => (await keys()).filter((key) => key.startsWith(`avatars/${id}/`));

describe('Avatars: /v1/users/:id/avatars and /v1/avatars/:id', () => {
  it('uploads, serves, replaces and deletes an avatar', async () => {
    const user = await app.a.user();
    const client = app.client.withCookie(user);
    const created = await upload(client, user, await picture(1), '../../é<b>.png');
    expect(created.status).toBe(201);
    const { id, versions } = created.body;
    expect(created.body).toMatchObject({
      name: 'éb.png',
      value: expect.stringMatching(/^avatars\/\d+\/[0-9a-f]+\/full\.png$/),
    });
    expect(Object.keys(versions)).toEqual([...AVATAR_SIZES]);
    expect(versions.full).toMatchObject({ height: null, width: null });
    for (const size of AVATAR_SIZES.slice(0, -1)) {
      const side = Number.parseInt(size, 10);
      expect(versions[size]).toMatchObject({ height: side, width: side });
      const { bytes, headers, status } = await app.client.get(pathOf(versions[size].url));
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        'content-type': 'image/webp',
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
        etag: expect.any(String),
      });
      expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width: side, height: side });
    }
    for (const url of [`/v1/users/${user.id}/avatars`, `/v1/avatars/${id}`]) {
      expect((await app.client.get(url)).body).toEqual(created.body);
    }
    expect((await client.get('/auth/me')).body.user.profile_image).toBe(versions['180x180'].url);
    expect((await app.client.get(`/profiles/${user.username}`)).body.profile_image).toBe(
      versions['180x180'].url,
    );

    expect(await upload(client, user, await picture(2))).toMatchObject({
      status: 409,
      body: { data: 'Avatar already exists', code: 409 },
    });
    const replaced = await client.patch(`/v1/avatars/${id}`, undefined, file(await picture(3)));
    expect(replaced).toMatchObject({ status: 200, body: { id } });
    expect(replaced.body.versions.full.url).not.toBe(versions.full.url);
    expect(await keysOfAvatar(id)).toHaveLength(11);
    expect((await app.client.get(pathOf(versions.full.url))).status).toBe(404);
    expect((await app.client.get(pathOf(replaced.body.versions.full.url))).status).toBe(200);
    for (const nothing of [undefined, form([]), form([{ filename: '', bytes: '' }])]) {
      expect((await client.patch(`/v1/avatars/${id}`, undefined, nothing)).body).toEqual(replaced.body);
    }
    const again = await client.patch(`/v1/avatars/${id}`, undefined, file(await picture(3), 'again.png'));
    expect(again.body).toEqual({ ...replaced.body, name: 'again.png' });

    expect((await client.delete(`/v1/avatars/${id}`)).status).toBe(204);
    expect(await keysOfAvatar(id)).toEqual([]);
    const missing = { status: 404, body: { data: 'Avatar not found', code: 404 } };
    expect(await client.delete(`/v1/avatars/${id}`)).toMatchObject(missing);
    expect(await app.client.get(`/v1/avatars/${id}`)).toMatchObject(missing);
    expect(await app.client.get(`/v1/users/${user.id}/avatars`)).toMatchObject(missing);
    expect(await app.client.get(`/v1/users/${'f'.repeat(24)}/avatars`)).toMatchObject({
      status: 404,
      body: { data: 'User not found' },
    });
  });

  it('answers 403 to all but the owner of an avatar before it reads the file', async () => {
    const [user, other, admin] = [await app.a.user(), await app.a.user(), await app.a.administrator()];
    const { body } = await upload(app.client.as(user), user, await picture(1));
    const broken = form([{ name: 'wrong', bytes: 'x' }]);
    for (const stranger of [other, admin]) {
      const client = app.client.as(stranger);
      const forbidden = { status: 403, body: { data: 'Forbidden' } };
      expect(await client.post(`/v1/users/${user.id}/avatars`, undefined, broken)).toMatchObject(forbidden);
      expect(await client.patch(`/v1/avatars/${body.id}`, undefined, broken)).toMatchObject(forbidden);
      expect(await client.delete(`/v1/avatars/${body.id}`)).toMatchObject(forbidden);
    }
    expect((await app.client.as(user).post(`/v1/users/${user.id}/avatars`, undefined, broken)).status).toBe(
      409,
    );
    expect((await app.client.as(user).patch('/v1/avatars/999999', undefined, broken)).status).toBe(404);
    expect((await app.client.post(`/v1/users/${user.id}/avatars`, undefined, broken)).status).toBe(401);
  });

  it.each([
    ['no file', () => form([]), 400, 'Required parameters missing'],
    ['no body', () => ({}), 400, 'Required parameters missing'],
    [
      'two files',
      async () =>
        form([
          { filename: 'a', bytes: await picture(1) },
          { filename: 'b', bytes: await picture(2) },
        ]),
      400,
      'Invalid parameters',
    ],
    [
      'another field',
      async () =>
        form([
          { filename: 'a', bytes: await picture(1) },
          { name: 'more', bytes: 'x' },
        ]),
      400,
      'Invalid parameters',
    ],
    [
      'a file in a field of another name',
      async () => form([{ filename: 'a', name: 'picture', bytes: await picture(1) }]),
      400,
      'Required parameters missing',
    ],
    ['a text', () => form([{ bytes: 'image' }]), 400, 'Required parameters missing'],
    [
      'a field without a chosen file',
      () => form([{ filename: '', bytes: '' }]),
      400,
      'Required parameters missing',
    ],
    [
      'a file and a text in the same field',
      async () => form([{ filename: 'a', bytes: await picture(1) }, { bytes: 'image' }]),
      400,
      'Invalid parameters',
    ],
    ['an SVG', () => file(Buffer.from('<svg/>')), 400, 'Invalid image'],
    ['an empty file', () => file(Buffer.alloc(0)), 400, 'Invalid image'],
    ['5,000,000 bytes', () => file(Buffer.alloc(5_000_000)), 413, 'Payload too large'],
    ['4,999,999 bytes that are not an image', () => file(Buffer.alloc(4_999_999)), 400, 'Invalid image'],
    [
      'an unterminated form',
      () => ({
        headers: file(Buffer.alloc(9)).headers,
        raw: Buffer.from('--boundary-of-a-test\r\nnonsense'),
      }),
      400,
      'Invalid parameters',
    ],
    [
      'JSON',
      () => ({ raw: '{}', headers: { 'content-type': 'application/json' } }),
      415,
      'Unsupported media type',
    ],
  ])('rejects an avatar upload with %s', async (_, make, status, data) => {
    const user = await app.a.user();
    const before = await keys();
    const client = app.client.as(user);
    expect(await client.post(`/v1/users/${user.id}/avatars`, undefined, await make())).toMatchObject({
      status,
      body: { data },
    });
    expect((await client.get(`/v1/users/${user.id}/avatars`)).status).toBe(404);
    expect(await keys()).toEqual(before);
    // The reservation is released.
    expect((await upload(client, user, await picture(1))).status).toBe(201);
  });

  it('rejects 199 of 200 concurrent avatar uploads with 409', async () => {
    const user = await app.a.user();
    const bytes = await picture(9);
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => upload(app.client.as(user), user, bytes)),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(199);
  });

  it('keeps one complete set of files after 50 concurrent replacements of an avatar', async () => {
    const user = await app.a.user();
    const { body } = await upload(app.client.as(user), user, await picture(1));
    const pictures = await Promise.all(Array.from({ length: 50 }, (_, index) => picture(index * 5)));
    const answers = await Promise.all(
      pictures.map((bytes) => app.client.as(user).patch(`/v1/avatars/${body.id}`, undefined, file(bytes))),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(30);
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
    const left = await keysOfAvatar(body.id);
    expect(left).toHaveLength(11);
    const { versions } = (await app.client.get(`/v1/avatars/${body.id}`)).body;
    for (const size of AVATAR_SIZES)
      expect((await app.client.get(pathOf(versions[size].url))).status).toBe(200);
  });

  it('replaces or creates the avatar of a JSON update while another request deletes it', async () => {
    const user = await app.a.user();
    const client = app.client.as(user);
    await upload(client, user, await picture(1));
    for (const pause of [0, 5, 10, 20, 30]) {
      const image = (await picture(pause + 2)).toString('base64');
      const updates = [1, 2, 3].map(() => client.post(`/user/update-image/${user.id}`, { image }));
      await new Promise((resolve) => setTimeout(resolve, pause));
      const deleted = await client.delete(`/user/delete-image/${user.id}`);
      expect([200, 500]).toContain(deleted.status);
      for (const { status } of await Promise.all(updates)) expect(status).toBe(200);
    }
    const left = await client.get(`/v1/users/${user.id}/avatars`);
    await keys();
    const folders = await app.database.query('select id from avatars where user_id = $1', [user.id]);
    expect(folders).toHaveLength(left.status === 200 ? 1 : 0);
    if (left.status === 200) expect(await keysOfAvatar(left.body.id)).toHaveLength(11);
  });

  it.each([
    ['a type and no file name', 'name="image"', 'content-type: image/png\r\n'],
    ['the field name alone', 'name="image"', ''],
    ['an octet stream', 'name="image"', 'content-type: application/octet-stream\r\n'],
  ])('accepts an avatar in a form part with %s', async (_, disposition, type) => {
    const user = await app.a.user();
    const raw = Buffer.concat([
      Buffer.from(`--x\r\ncontent-disposition: form-data; ${disposition}\r\n${type}\r\n`),
      await picture(1),
      Buffer.from('\r\n--x--\r\n'),
    ]);
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const answer = await app.client
      .as(user)
      .post(`/v1/users/${user.id}/avatars`, undefined, { raw, headers });
    expect(answer).toMatchObject({ status: 201, body: { name: 'image' } });
  });

  it.each([
    ['a%22b.png', 'ab.png'],
    ['a%0D%0Ab.png', 'ab.png'],
    ['100%25.png', '100%25.png'],
    ['C:\\\\pictures\\\\me.png', 'me.png'],
    ['../../etc/me.png', 'me.png'],
    ['...', 'image'],
    ['me\u202egnp.exe', 'megnp.exe'],
    [`${'x'.repeat(300)}.png`, 'x'.repeat(255)],
  ])('stores the file name %s as %s', async (filename, name) => {
    const user = await app.a.user();
    const { status, body } = await upload(app.client.as(user), user, await picture(1), filename);
    expect({ status, name: body.name }).toEqual({ status: 201, name });
  });

  it('removes the files of an avatar in the background after its account is deleted', async () => {
    const user = await app.a.user();
    const { body } = await upload(app.client.as(user), user, await picture(1));
    const { pathname } = new URL(body.versions.full.url);
    expect((await app.client.get(pathname)).status).toBe(200);
    expect((await app.client.as(user).delete('/users/current')).status).toBe(204);
    await expect.poll(async () => (await app.client.get(pathname)).status, { interval: 100 }).toBe(404);
  });

  it('leaves no avatar when the account is deleted during an upload', async () => {
    for (const pause of [0, 5, 10, 20, 30]) {
      const user = await app.a.user();
      const client = app.client.as(user);
      const uploads = [
        upload(client, user, await picture(1)),
        client.post(`/user/update-image/${user.id}`, { image: (await picture(2)).toString('base64') }),
      ];
      await new Promise((resolve) => setTimeout(resolve, pause));
      expect((await client.delete('/users/current')).status).toBe(204);
      for (const { status, body } of await Promise.all(uploads)) {
        expect([200, 201, 404, 409]).toContain(status);
        if (status === 404) expect(body.data).toBe('User not found');
      }
      expect(await app.database.query('select from avatars where user_id = $1', [user.id])).toEqual([]);
    }
  });

  it('deletes avatar, files and id when the account is deleted', async () => {
    const user = await app.a.user();
    const { body } = await upload(app.client.as(user), user, await picture(1));
    expect((await app.client.as(user).delete('/users/current')).status).toBe(204);
    app.nest.get(FileRemoval).kick();
    expect(await keysOfAvatar(body.id)).toEqual([]);
    expect((await app.client.get(`/v1/avatars/${body.id}`)).status).toBe(404);
    const rows = await app.database.query('select from avatar_ids where user_id = $1', [user.id]);
    expect(rows).toEqual([]);
  });
});

describe('POST /user/update-image/:id', () => {
  const success = { status: 200, body: { data: 'Profile image updated successfully', code: 200 } };

  it('creates and replaces a profile image from base64, plain or in a data URL', async () => {
    const user = await app.a.user();
    const client = app.client.withCookie(user);
    const [one, two] = [(await picture(1)).toString('base64'), (await picture(2)).toString('base64')];
    expect(await client.post(`/user/update-image/${user.id}`, { image: one })).toMatchObject(success);
    const wrapped = one.replace(/.{76}/g, '$&\r\n').replaceAll('+', '-').replaceAll('/', '_');
    expect(await client.post(`/user/update-image/${user.id}`, { image: wrapped })).toMatchObject(success);
    const first = (await client.get(`/v1/users/${user.id}/avatars`)).body;
    expect(first.name).toBe('image.png');
    expect(
      await client.post(`/user/update-image/${user.id}`, { image: `data:image/gif;base64,${two}` }),
    ).toMatchObject(success);
    const second = (await client.get(`/v1/users/${user.id}/avatars`)).body;
    expect(second.id).toBe(first.id);
    expect(await keysOfAvatar(first.id)).toHaveLength(11);
    expect(await client.delete(`/user/delete-image/${user.id}`)).toMatchObject({
      status: 200,
      body: { data: 'Profile image deleted successfully', code: 200 },
    });
    expect(await client.delete(`/user/delete-image/${user.id}`)).toMatchObject({
      status: 500,
      body: { data: 'Internal server error', code: 500 },
    });
  });

  it.each([
    ['without an image', {}, 400, 'Required parameters missing'],
    ['with an empty image', { image: '' }, 400, 'Required parameters missing'],
    ['with a number', { image: 5 }, 400, 'Invalid parameters'],
    ['with text', { image: 'not base64!' }, 400, 'Invalid image'],
    ['with a data URL that is not base64', { image: 'data:image/png;base64,####' }, 400, 'Invalid image'],
    ['with a path', { image: '/etc/passwd' }, 400, 'Invalid image'],
    [
      'with a file of 5,000,000 bytes',
      { image: Buffer.alloc(5_000_000).toString('base64') },
      413,
      'Payload too large',
    ],
    ['of more than 7 MiB', { image: 'A'.repeat(7 * 1024 * 1024) }, 413, 'Payload too large'],
  ])('rejects a profile image in a body %s', async (_, body, status, data) => {
    const user = await app.a.user();
    const answer = await app.client.as(user).post(`/user/update-image/${user.id}`, body);
    expect(answer).toMatchObject({ status, body: { data } });
    expect((await app.client.get(`/v1/users/${user.id}/avatars`)).status).toBe(404);
  });

  it('lets administrators change a profile image through /admin routes, and audits it', async () => {
    const [user, admin, other] = [await app.a.user(), await app.a.administrator(), await app.a.user()];
    const image = (await picture(4)).toString('base64');
    expect((await app.client.as(admin).post(`/user/update-image/${user.id}`, { image })).status).toBe(403);
    expect((await app.client.as(other).post(`/admin/user/update-image/${user.id}`, { image })).status).toBe(
      403,
    );
    expect((await app.client.as(other).delete(`/user/delete-image/${user.id}`)).status).toBe(403);
    expect(await app.client.as(admin).post(`/admin/user/update-image/${user.id}`, { image })).toMatchObject(
      success,
    );
    expect((await app.client.as(admin).delete(`/user/delete-image/${user.id}`)).status).toBe(200);
    expect((await app.client.as(admin).delete(`/admin/user/delete-image/${user.id}`)).status).toBe(500);
    const gone = 'f'.repeat(24);
    expect((await app.client.as(admin).post(`/admin/user/update-image/${gone}`, { image })).status).toBe(404);
    expect((await app.client.as(admin).delete(`/admin/user/delete-image/${gone}`)).status).toBe(404);
    const entries = await app.database.query(
      'select actor, action from audit_entries where target = $1 order by id',
      [user.id],
    );
    expect(entries).toEqual([
      { actor: admin.id, action: 'user.update-image' },
      { actor: admin.id, action: 'user.delete-image' },
    ]);
  });
});

describe('GET /user/avatar/:id/:size', () => {
  it('redirects to the avatar, or to a generated image that is constant for each user', async () => {
    const user = await app.a.user();
    const location = async (id: string, size: string) => {
      const answer = await app.client.get(`/user/avatar/${id}/${size}`);
      expect(answer.status).toBe(302);
      return String(answer.headers['location']);
    };
    const generated = await location(user.id, '55x55');
    expect(generated).toContain(`/images/default/${user.id}/55x55`);
    const [one, two] = [await app.client.get(pathOf(generated)), await app.client.get(pathOf(generated))];
    expect(one.text).toBe(two.text);
    expect(one.text).toMatch(/^<svg [^>]*width="55"/);
    expect(one.headers['content-type']).toBe('image/svg+xml');
    expect((await app.client.get(`/images/default/${'e'.repeat(24)}/55x55`)).text).not.toBe(one.text);
    expect((await app.client.get(`/images/default/${user.id}/56x56`)).status).toBe(404);
    expect((await app.client.get(pathOf(await location('f'.repeat(24), 'full')))).status).toBe(200);
    const { body } = await upload(app.client.as(user), user, await picture(1));
    expect(await location(user.id, '55x55')).toBe(body.versions['55x55'].url);
    expect((await app.client.get(`/user/avatar/${user.id}/56x56`)).status).toBe(400);
    expect((await app.client.get(`/user/avatar/${user.id}/%20`)).body.data).toBe(
      'Required parameters missing',
    );
    expect((await app.client.get('/user/avatar/x/full')).status).toBe(400);
  });
});

describe('GET /images', () => {
  it('supports conditional and range requests for images, and answers 404 to unknown keys', async () => {
    const user = await app.a.user();
    const { body } = await upload(app.client.as(user), user, await picture(1));
    const url = pathOf(body.versions.full.url);
    const whole = await app.client.get(url);
    const etag = String(whole.headers['etag']);
    const get = (headers: Record<string, string>) => app.client.get(url, { headers });
    expect((await get({ 'if-none-match': etag })).status).toBe(304);
    expect((await get({ 'if-none-match': '"other"' })).status).toBe(200);
    const part = await get({ range: 'bytes=5-9' });
    expect(part).toMatchObject({ status: 206 });
    expect(part.headers['content-range']).toBe(`bytes 5-9/${whole.bytes.length}`);
    expect(part.bytes.equals(whole.bytes.subarray(5, 10))).toBe(true);
    expect((await get({ range: 'bytes=-4' })).bytes.equals(whole.bytes.subarray(-4))).toBe(true);
    expect((await get({ range: 'bytes=5-', 'if-range': '"other"' })).status).toBe(200);
    const beyond = await get({ range: `bytes=${whole.bytes.length}-` });
    expect(beyond.status).toBe(416);
    expect(beyond.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-range': `bytes */${whole.bytes.length}`,
    });
    expect(beyond.headers['etag']).toBeUndefined();
    expect((await get({ range: 'bytes=9-5' })).status).toBe(200);
    expect((await get({ range: 'Bytes=5-9' })).status).toBe(206);
    expect((await get({ range: 'bytes=0-1,4-5' })).status).toBe(200);
    for (const path of [
      '/images/avatars/1/..%2F..%2Fjwt.secret/full.png',
      '/images/avatars/1/x/full.png',
      `${url}x`,
    ]) {
      expect((await app.client.get(path)).status, path).toBe(404);
    }
  });
});

describe('Avatar uploads under failure', () => {
  beforeAll(() => app.nest.listen(0, '127.0.0.1'));

  it('leaves neither a row without files nor files without a row when the store fails', async () => {
    const user = await app.a.user();
    const { body } = await upload(app.client.as(user), user, await picture(1));
    const store = app.nest.get(ImageStore);
    const original = store.put.bind(store);
    for (let file_ = 0; file_ < 11; file_++) {
      // The first n files are written, then the disk fails.
      store.put = async (folder, files) => {
        await original(folder, files.slice(0, file_));
        throw new Error('the disk failed');
      };
      const answer = await app.client
        .as(user)
        .patch(`/v1/avatars/${body.id}`, undefined, file(await picture(100 + file_)));
      expect(answer.status).toBe(500);
    }
    store.put = original;
    expect((await app.client.get(`/v1/avatars/${body.id}`)).body).toEqual(body);
    expect(await keysOfAvatar(body.id)).toHaveLength(11);
  });

  it('keeps the former avatar when the commit fails', async () => {
    const [user, newcomer] = [await app.a.user(), await app.a.user()];
    const { body } = await upload(app.client.as(user), user, await picture(1));
    const files = await keys();
    await failCommitsOf(app.database, 'avatars', async () => {
      const answers = [
        await app.client.as(user).patch(`/v1/avatars/${body.id}`, undefined, file(await picture(2))),
        await app.client.as(user).delete(`/v1/avatars/${body.id}`),
        await upload(app.client.as(newcomer), newcomer, await picture(3)),
        await app.client.as(newcomer).post(`/user/update-image/${newcomer.id}`, {
          image: (await picture(4)).toString('base64'),
        }),
      ];
      for (const { status } of answers) expect(status).toBe(500);
    });
    expect((await app.client.get(`/v1/avatars/${body.id}`)).body).toEqual(body);
    expect((await app.client.get(`/v1/users/${newcomer.id}/avatars`)).status).toBe(404);
    expect((await keys()).toSorted()).toEqual(files.toSorted());
    for (const size of AVATAR_SIZES)
      expect((await app.client.get(pathOf(body.versions[size].url))).status).toBe(200);
    expect((await upload(app.client.as(newcomer), newcomer, await picture(5))).status).toBe(201);
  });

  it('sweeps the files that a killed node left behind, and no others', async () => {
    const user = await app.a.user();
    const { body } = await upload(app.client.as(user), user, await picture(1));
    const store = app.nest.get(ImageStore);
    const stray = { bytes: Buffer.from('x'), type: 'image/webp' };
    const strays = [
      `avatars/${body.id}/${'0'.repeat(40)}/`,
      `avatars/999999/${'0'.repeat(40)}/`,
      `photos/${'0'.repeat(32)}/`,
    ];
    for (const folder of strays) await store.put(folder, [{ ...stray, name: 'full.webp' }]);
    const sweeper = app.nest.get(FileSweeper);
    expect(await sweeper.sweep()).toEqual([]);
    expect((await sweeper.sweep(-60_000)).toSorted()).toEqual(strays.toSorted());
    expect(await keysOfAvatar(body.id)).toHaveLength(11);
  });

  it('leaves neither rows nor files after 300 aborted uploads', async () => {
    const user = await app.a.user();
    const { port } = app.nest.getHttpServer().address() as AddressInfo;
    const { raw, headers } = file(await picture(1, 500, 500));
    const before = await keys();
    await Promise.all(
      Array.from({ length: 300 }, async (_, index) => {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => undefined);
        const head = [
          `POST /v1/users/${user.id}/avatars HTTP/1.1`,
          'Host: localhost',
          `Authorization: Bearer ${user.accessToken}`,
          `Content-Type: ${headers['content-type']}`,
          `Content-Length: ${raw.length}`,
        ].join('\r\n');
        await new Promise((resolve) => socket.write(`${head}\r\n\r\n`, resolve));
        await new Promise((resolve) =>
          socket.write(raw.subarray(0, (index * 7) % (raw.length - 1)), resolve),
        );
        await new Promise((resolve) => setTimeout(resolve, index % 50));
        socket.destroy();
      }),
    );
    // Received requests are processed one by one: they are finished when no reservation is seen for a second.
    const end = Date.now() + 120_000;
    const pending = async () => app.database.query('select from avatars where user_id = $1', [user.id]);
    for (let quiet = 0; quiet < 20 && Date.now() < end;) {
      quiet = (await pending()).length === 0 ? quiet + 1 : 0;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await pending()).toEqual([]);
    expect(await keys()).toEqual(before);
    expect((await upload(app.client.as(user), user, await picture(2))).status).toBe(201);
  });

  it('answers 503 to request bodies beyond the memory limit, and 201 once bodies are released', async () => {
    const user = await app.a.user();
    const { port } = app.nest.getHttpServer().address() as AddressInfo;
    const refused: string[] = [];
    const sockets = Array.from({ length: 60 }, () => {
      const socket = connect(port, '127.0.0.1');
      socket.on('data', (chunk) => refused.push(String(chunk).slice(0, 12)));
      socket.write(
        `POST /user/update-image/${user.id} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
      );
      return socket;
    });
    while (refused.length < 12) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(new Set(refused)).toEqual(new Set(['HTTP/1.1 503']));
    expect((await upload(app.client.as(user), user, await picture(1))).status).toBe(503);
    for (const socket of sockets) socket.destroy();
    let status = 503;
    while (status === 503) ({ status } = await upload(app.client.as(user), user, await picture(1)));
    expect(status).toBe(201);
  });

  it('answers 503 to uploads on a node with STORAGE_DRIVER none', async () => {
    const without = await startApp({ STORAGE_DRIVER: 'none' }, app.database);
    const user = await app.a.user();
    const refused = { status: 503, body: { data: 'This service is not handling file uploads.', code: 503 } };
    const client = without.client.as(user);
    expect(await upload(client, user, await picture(1))).toMatchObject(refused);
    expect(await client.post(`/user/update-image/${user.id}`, { image: 'x' })).toMatchObject(refused);
    expect(await client.delete(`/user/delete-image/${user.id}`)).toMatchObject(refused);
    expect((await without.client.get(`/user/avatar/${user.id}/full`)).status).toBe(302);
    await without.close();
  });
});
