import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appForFile, startApp, type TestApp } from '../support/app.js';
import { entriesAbout } from '../support/audit.js';
import { unique } from '../support/builders.js';
import { wholeDatabase } from '../support/table-digests.js';

const app = appForFile();
let inviting: TestApp;
let closed: TestApp;
beforeAll(async () => {
  inviting = await startApp({ REGISTRATION: 'invite' }, app.database);
  closed = await startApp({ REGISTRATION: 'closed' }, app.database);
});
afterAll(async () => {
  await inviting.close();
  await closed.close();
});

const error = (status: number, data: string) => ({ status, body: { data, code: status } });
const CLOSED = error(403, 'Registration is closed');
const INVALID = error(403, 'Invalid invitation');

const register = (on: TestApp, invitation?: string, username = unique('invited')) =>
  on.client.post('/auth/register', { username, password: 'correct horse', invitation });

async function invite(body: Record<string, unknown> = {}) {
  const admin = app.client.as(await app.a.administrator());
  const answer = await admin.post('/admin/invitations', body);
  expect(answer.status).toBe(201);
  return { admin, ...answer.body } as { admin: typeof admin; id: number; invitation: string; url: string };
}

describe('REGISTRATION', () => {
  it('admits everyone, invited users only, or nobody', async () => {
    const { invitation } = await invite({ uses: 3 });
    expect((await register(app)).status).toBe(201);
    expect((await register(app, invitation)).status).toBe(201);
    expect(await register(inviting)).toMatchObject(CLOSED);
    expect((await register(inviting, invitation)).status).toBe(201);
    expect(await register(closed)).toMatchObject(CLOSED);
    expect(await register(closed, invitation)).toMatchObject(CLOSED);
    for (const on of [app, inviting]) expect(await register(on, 'x')).toMatchObject(INVALID);
    expect((await app.client.post('/auth/login', { username: 'x', password: 'y' })).status).toBe(401);
  });
});

describe('/admin/invitations', () => {
  it('creates, lists and deletes invitations, and shows their secret once', async () => {
    const { admin, id, invitation, url } = await invite({
      note: 'Club',
      uses: 2,
      expires: '2099-01-31T12:00:00+01:00',
    });
    expect(invitation).toMatch(/^[\w-]{43}$/);
    expect(url).toBe(`http://localhost:3000/dashboard/register#invitation=${invitation}`);
    const list = await admin.get('/admin/invitations?limit=100');
    expect(list.body.invitations.at(-1)).toMatchObject({
      id,
      note: 'Club',
      uses: 2,
      used: 0,
      roles: ['user'],
      expires: '2099-01-31T11:00:00.000Z',
    });
    expect(list.text).not.toContain(invitation);
    expect(await wholeDatabase(app.database)).not.toContain(invitation);
    expect((await admin.delete(`/admin/invitations/${id}`)).status).toBe(204);
    expect(await admin.delete(`/admin/invitations/${id}`)).toMatchObject(error(404, 'Invitation not found'));
    expect(await register(inviting, invitation)).toMatchObject(INVALID);
    expect((await entriesAbout(app.database, id)).map(({ action }) => action)).toEqual([
      'invitation.create',
      'invitation.delete',
    ]);
    for (const body of [
      { uses: 0 },
      { expires: '2020-01-01T00:00:00Z' },
      { expires: 'x' },
      { roles: ['none'] },
    ])
      expect((await admin.post('/admin/invitations', body)).status, JSON.stringify(body)).toBe(400);
  });

  it('creates one account when 50 registrations use an invitation with one use left', async () => {
    const { invitation } = await invite();
    const answers = await Promise.all(Array.from({ length: 50 }, () => register(inviting, invitation)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(49);
  });

  it('does not use an invitation up by a registration that fails', async () => {
    const { invitation } = await invite();
    const { username } = await app.a.user();
    expect((await register(inviting, invitation, username)).status).toBe(409);
    expect((await register(inviting, invitation, 'x')).status).toBe(400);
    expect((await register(inviting, invitation)).status).toBe(201);
    expect(await register(inviting, invitation)).toMatchObject(INVALID);
  });

  it('refuses an invitation after its end, and 1,000 forged ones', async () => {
    const { invitation, id } = await invite({ expires: '2099-01-01T00:00:00Z' });
    await app.database.query('update invitations set expires = now() where id = $1', [id]);
    expect(await register(inviting, invitation)).toMatchObject(INVALID);
    for (let count = 0; count < 1000; count++)
      expect((await register(inviting, randomBytes(32).toString('base64url'), 'forger')).status).toBe(403);
  });

  it('gives the roles of the invitation, which the administrator must be able to grant', async () => {
    const { invitation, admin } = await invite({ roles: ['user', 'admin'] });
    expect((await register(inviting, invitation)).body.user.roles).toEqual(['admin', 'user']);
    const editor = app.client.as(await app.a.user({ permissions: ['edit-users'] }));
    expect((await editor.post('/admin/invitations', {})).status).toBe(201);
    expect(await editor.post('/admin/invitations', { roles: ['admin'] })).toMatchObject(
      error(403, 'Forbidden'),
    );
    expect((await admin.post('/admin/invitations', { roles: [] })).status).toBe(400);
  });

  it('forgets who created an invitation when that account is deleted', async () => {
    const user = await app.a.user({ permissions: ['edit-users'] });
    const { id } = (await app.client.as(user).post('/admin/invitations', {})).body;
    expect((await app.client.as(user).delete('/users/current')).status).toBe(204);
    expect(await app.database.query('select created_by from invitations where id = $1', [id])).toEqual([
      { created_by: null },
    ]);
  });
});
