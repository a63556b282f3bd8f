import { describe, expect, it } from 'vitest';
import { appForFile } from '../support/app.js';
import { unique } from '../support/builders.js';

const app = appForFile();
const unauthorized = { status: 401, body: { data: 'Unauthorized', code: 401 } };

describe('/users/current', () => {
  it('returns the own profile to a Bearer token, and answers 401 to a cookie', async () => {
    const user = await app.a.user();
    expect(await app.client.as(user).get('/users/current')).toMatchObject({
      status: 200,
      body: { id: user.id },
    });
    expect(await app.client.withCookie(user).get('/users/current')).toMatchObject(unauthorized);
    expect(await app.client.get('/users/current')).toMatchObject(unauthorized);
  });

  it('changes only the fields of the profile that the body contains', async () => {
    const user = await app.a.user({ email: `${unique('mail')}@example.com` });
    const client = app.client.as(user);
    const changes = { first_name: 'Haru', website: 'https://example.com/haru', x: 'http://x.com/haru' };
    expect(await client.put('/users/current', changes)).toMatchObject({
      status: 200,
      body: { ...changes, last_name: null },
    });
    const cleared = await client.put('/users/current', { first_name: null, website: '  ', email: '' });
    expect(cleared.body).toMatchObject({
      first_name: null,
      website: null,
      email: null,
      x: 'http://x.com/haru',
    });
  });

  it('accepts the own username in another case, and frees a username when it changes', async () => {
    const former = unique('Former');
    const user = await app.a.user({ username: former });
    const client = app.client.as(user);
    expect((await client.put('/users/current', { username: former.toUpperCase() })).body.slug).toBe(
      former.toLowerCase(),
    );
    expect((await client.put('/users/current', { username: unique('Later') })).status).toBe(200);
    const other = await app.a.user({ username: former });
    expect(await client.put('/users/current', { username: former })).toMatchObject({
      status: 409,
      body: { data: 'Username already taken' },
    });
    const email = `${unique('mine')}@example.com`;
    await app.client.as(other).put('/users/current', { email });
    expect(await client.put('/users/current', { email: email.toUpperCase() })).toMatchObject({
      status: 409,
      body: { data: 'Email already taken' },
    });
  });

  it('ends all other sessions when the password changes', async () => {
    const user = await app.a.user();
    const other = await app.a.signIn(user.username);
    expect((await app.client.as(user).put('/users/current', { password: 'another horse' })).status).toBe(200);
    expect((await app.client.as(other).get('/auth/me')).status).toBe(401);
    expect((await app.client.as(user).get('/auth/me')).status).toBe(200);
    const former = await app.client.post('/auth/login', { username: user.username, password: user.password });
    expect(former.status).toBe(401);
    expect((await app.a.signIn(user.username, 'another horse')).id).toBe(user.id);
  });

  it.each([
    [{}, 'Required parameters missing'],
    [undefined, 'Required parameters missing'],
    [{ username: '' }, 'Invalid parameters'],
    [{ username: null }, 'Invalid parameters'],
    [{ password: '        ' }, 'Invalid parameters'],
    [{ password: null }, 'Invalid parameters'],
    [{ website: 'javascript:alert(1)' }, 'Invalid parameters'],
    [{ website: `https://example.com/${'a'.repeat(81)}` }, 'Invalid parameters'],
    [{ x: 'example.com' }, 'Invalid parameters'],
    [{ id: '6740a1b2c3d4e5f601234567' }, 'Invalid parameters'],
    [{ slug: 'mine' }, 'Invalid parameters'],
    [{ registered: '2000-01-01' }, 'Invalid parameters'],
    [{ age_verified: true }, 'Invalid parameters'],
    [{ roles: ['admin'] }, 'Invalid parameters'],
    [{ permissions: ['edit-users'] }, 'Invalid parameters'],
    [{ password_hash: 'x' }, 'Invalid parameters'],
    [{ passwordHash: 'x' }, 'Invalid parameters'],
  ])('rejects the profile change %j with 400', async (body, data) => {
    const user = await app.a.user();
    expect(await app.client.as(user).put('/users/current', body)).toMatchObject({
      status: 400,
      body: { data },
    });
  });

  it('deletes the own account and leaves no row that names its id or username', async () => {
    const username = unique('goner');
    const user = await app.a.user({ username, email: `${username}@example.com` });
    const id = await app.a.oneSeries();
    await app.client.as(user).post(`/user/reading-status/add/${id}`, await app.a.entry({ notes: username }));
    const answer = await app.client.as(user).delete('/users/current');
    expect(answer.status).toBe(204);
    expect(answer.headers['set-cookie']).toMatch(/^refreshToken=; Max-Age=0/);
    const tables = await app.database.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public'`,
    );
    for (const { name } of tables) {
      const rows = await app.database.query<{ text: string }>(`select t::text as text from "${name}" t`);
      const traces = rows.filter(
        ({ text }) => text.includes(user.id) || text.toLowerCase().includes(username),
      );
      expect(traces, name).toEqual([]);
    }
    expect((await app.a.user({ username })).id).not.toBe(user.id);
  });
});

describe('administration below /users', () => {
  it('lists users by id, page by page, and rejects invalid pages with 400', async () => {
    const admin = await app.a.administrator();
    await app.a.user();
    const { body } = await app.client.as(admin).get('/users/?limit=50');
    expect(body).toMatchObject({ limit: 50, offset: 0 });
    const ids = body.users.map((user: { id: string }) => user.id);
    expect(ids).toEqual(ids.toSorted());
    expect(body.total).toBe(ids.length);
    const second = await app.client.as(admin).get('/users?limit=1&offset=1');
    expect(second.body.users[0].id).toBe(ids[1]);
    expect((await app.client.as(admin).get('/users?offset=99999999999999999999')).body.users).toEqual([]);
    for (const query of ['limit=0', 'limit=51', 'limit=x', 'offset=-1', 'limit=1&limit=2']) {
      expect((await app.client.as(admin).get(`/users?${query}`)).status, query).toBe(400);
    }
  });

  it('answers 403 to users without permission, and 401 to cookies of administrators', async () => {
    const [admin, reader] = [await app.a.administrator(), await app.a.user()];
    for (const [method, url] of [
      ['GET', '/users'],
      ['GET', `/users/${admin.id}`],
      ['DELETE', `/users/${admin.id}`],
    ] as const) {
      expect((await app.client.as(reader).send(method, url)).status).toBe(403);
      expect((await app.client.withCookie(admin).send(method, url)).status).toBe(401);
      expect((await app.client.send(method, url)).status).toBe(401);
    }
  });

  it('returns and deletes a user, and records the deletion in the append-only audit log', async () => {
    const [admin, reader] = [await app.a.administrator(), await app.a.user()];
    const client = app.client.as(admin);
    expect((await client.get(`/users/${reader.id}`)).body.username).toBe(reader.username);
    expect((await client.delete(`/users/${reader.id}`)).status).toBe(204);
    expect(await client.get(`/users/${reader.id}`)).toMatchObject({
      status: 404,
      body: { data: 'User not found' },
    });
    expect((await client.delete(`/users/${reader.id}`)).status).toBe(404);
    expect((await client.get('/users/nonsense')).status).toBe(400);
    const entries = await app.database.query(
      'select actor, action, target, result from audit_entries where target = $1',
      [reader.id],
    );
    expect(entries).toEqual([
      { actor: admin.id, action: 'user.delete', target: reader.id, result: 'success' },
    ]);
    await expect(app.database.query('delete from audit_entries')).rejects.toThrow('append-only');
  });

  it('answers 409 to the deletion of the last administrator, also when the last two delete each other concurrently', async () => {
    await app.database.query(
      `delete from user_roles where role_id = (select id from roles where name = 'admin')`,
    );
    const [one, two] = [await app.a.administrator(), await app.a.administrator()];
    const answers = await Promise.all([
      app.client.as(one).delete(`/users/${two.id}`),
      app.client.as(two).delete(`/users/${one.id}`),
    ]);
    expect(answers.map(({ status }) => status).toSorted()[0]).toBe(204);
    const left = answers[0]?.status === 204 ? one : two;
    expect(await app.client.as(left).delete('/users/current')).toMatchObject({
      status: 409,
      body: { data: 'Cannot remove the last administrator', code: 409 },
    });
    expect((await app.client.as(left).delete(`/users/${left.id}`)).status).toBe(409);
    expect((await app.client.as(left).get('/users')).status).toBe(200);
  });
});
