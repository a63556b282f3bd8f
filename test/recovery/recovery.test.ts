import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { QueuedJobRepository } from '../../src/queue/queued-job.repository.js';
import { startApp, type TestApp } from '../support/app.js';
import { entriesAbout } from '../support/audit.js';
import { unique } from '../support/builders.js';
import { jobsDone, linkIn, mailTo, startAppWithMail } from '../support/mails.js';
import type { MailServer } from '../support/smtp.js';
import { wholeDatabase } from '../support/table-digests.js';

let app: TestApp;
let mails: MailServer;
let close: () => Promise<void>;
beforeAll(async () => ({ app, mails, close } = await startAppWithMail()));
afterAll(() => close());

const REQUESTED = {
  status: 200,
  body: { data: 'If the account exists, a message has been sent', code: 200 },
};
const INVALID = { status: 400, body: { data: 'Invalid or expired token', code: 400 } };
const CHANGED = { status: 200, body: { data: 'Password changed', code: 200 } };
const PASSWORD = 'a new horse battery';

async function userWithAddress() {
  const email = `${unique('reader')}@example.com`;
  return { ...(await app.a.user({ email })), email };
}

/** Requests a new password, and reads the token from the mail. */
async function requestToken(email: string, count = 1): Promise<string> {
  expect(await app.client.post('/auth/password/forgot', { username: email })).toMatchObject(REQUESTED);
  return linkIn(await mailTo(mails, email, count)).token;
}

const reset = (token: string, password = PASSWORD) =>
  app.client.post('/auth/password/reset', { token, password });
const signIn = async (username: string, password: string) =>
  (await app.client.post('/auth/login', { username, password })).status;

describe('POST /auth/password/forgot and /auth/password/reset', () => {
  it('lets a user who lost the password set a new one, and ends the sessions', async () => {
    const user = await userWithAddress();
    expect(await app.client.post('/auth/password/forgot', { username: user.username })).toMatchObject(
      REQUESTED,
    );
    const mail = await mailTo(mails, user.email);
    expect(mail.subject).toBe('Your new password');
    expect(mail.text).toContain(`Hello ${user.username}`);
    const { page, token } = linkIn(mail);
    expect(page).toBe('http://localhost:3000/dashboard/reset-password');
    const answer = await reset(token);
    expect(answer).toMatchObject(CHANGED);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect((await app.client.as(user).get('/auth/me')).status).toBe(401);
    expect((await app.client.withCookie(user).post('/auth/refresh')).status).toBe(401);
    expect(await signIn(user.username, user.password)).toBe(401);
    const signedIn = await app.a.signIn(user.email, PASSWORD);
    expect((await app.client.as(signedIn).get('/auth/me')).body.user).toMatchObject({ email_verified: true });
    expect(await entriesAbout(app.database, user.id)).toMatchObject([
      { actor: user.id, action: 'account.reset-password', before: null, after: null },
    ]);
  });

  it('writes in the language of the user, with a link to the frontend of the client', async () => {
    const user = await userWithAddress();
    const admin = app.client.as(await app.a.administrator());
    const frontend = { name: 'Manga', url: 'https://manga.example.com/app/' };
    const { id } = (await admin.post('/admin/clients', frontend)).body;
    await app.client
      .as(user)
      .post(`/users/${user.id}/save-settings`, { 'prefered-content-language': 'German' });
    await app.client.post('/auth/password/forgot', { username: user.email, client: id });
    const mail = await mailTo(mails, user.email);
    expect(mail.subject).toBe('Dein neues Passwort');
    expect(linkIn(mail).page).toBe('https://manga.example.com/app/reset-password');
    await admin.patch(`/admin/clients/${id}`, { enabled: false });
    expect(
      await app.client.post('/auth/password/forgot', { username: user.email, client: id }),
    ).toMatchObject({
      status: 400,
      body: { data: 'Invalid parameters' },
    });
  });

  it.each(['https://f.example/#f', 'https://f.example/?a=b', 'https://a:b@f.example/'])(
    'links to the dashboard if an earlier release has stored the frontend %s',
    async (url) => {
      const user = await userWithAddress();
      const admin = app.client.as(await app.a.administrator());
      const { id } = (await admin.post('/admin/clients', { name: 'Old' })).body;
      expect((await admin.patch(`/admin/clients/${id}`, { url })).status).toBe(400);
      await app.database.query('update clients set url = $1 where id = $2', [url, id]);
      await app.client.post('/auth/password/forgot', { username: user.email, client: id });
      expect(linkIn(await mailTo(mails, user.email)).page).toMatch(/\/dashboard\/reset-password$/);
    },
  );

  it('answers a request for an unknown name or an account without an address in the same way, and sends nothing', async () => {
    const { username } = await app.a.user();
    for (const name of [username, unique('unknown'), 'unknown@example.com'])
      expect(await app.client.post('/auth/password/forgot', { username: name })).toMatchObject(REQUESTED);
    const before = mails.received.length;
    await jobsDone(app.database);
    expect(mails.received).toHaveLength(before);
  });

  it('answers before it looks for the account', async () => {
    const user = await userWithAddress();
    const start = vi.spyOn(app.nest.get(QueuedJobRepository), 'start').mockResolvedValue(undefined);
    expect(await app.client.post('/auth/password/forgot', { username: user.email })).toMatchObject(REQUESTED);
    const jobs = await app.database.query('select task, owner from queued_jobs');
    expect(jobs).toEqual([{ task: 'password-request', owner: null }]);
    start.mockRestore();
    await mailTo(mails, user.email);
  });

  it('accepts a token once when 100 requests use it at the same time', async () => {
    const user = await userWithAddress();
    const token = await requestToken(user.email);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => reset(token, `${PASSWORD} ${index}`)),
    );
    const won = answers.findIndex(({ status }) => status === 200);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(99);
    expect(await signIn(user.username, `${PASSWORD} ${won}`)).toBe(200);
  });

  it('rejects 1,000 forged tokens, and all that are malformed or of another purpose', async () => {
    const user = await userWithAddress();
    const token = await requestToken(user.email);
    await app.client.as(user).post('/auth/email/verification');
    const verification = linkIn(await mailTo(mails, user.email, 2)).token;
    const id = Buffer.from(user.id, 'hex');
    const forged = Array.from({ length: 1000 }, () =>
      Buffer.concat([id, randomBytes(32)]).toString('base64url'),
    );
    const malformed = [
      `${token}=`,
      `${token} `,
      `${token}A`,
      token.slice(0, -1),
      token.toUpperCase(),
      'x',
      verification,
    ];
    for (const one of [...forged, ...malformed]) expect(await reset(one), one).toMatchObject(INVALID);
    expect(await app.client.post('/auth/email/verify', { token })).toMatchObject(INVALID);
    expect(await signIn(user.username, user.password)).toBe(200);
    expect(await reset(token)).toMatchObject(CHANGED);
  });

  it('does not use a token up when the password is refused', async () => {
    const user = await userWithAddress();
    const token = await requestToken(user.email);
    for (const password of ['short', 'x'.repeat(129), ''])
      expect((await reset(token, password)).status).toBe(400);
    expect(await reset(token)).toMatchObject(CHANGED);
    expect(await reset(token)).toMatchObject(INVALID);
  });

  it('ends a token after an hour, with a newer one, and with a change of password or address', async () => {
    const user = await userWithAddress();
    const first = await requestToken(user.email);
    const second = await requestToken(user.email, 2);
    expect(await reset(first)).toMatchObject(INVALID);
    const [row] = await app.database.query<{ minutes: number }>(
      'select extract(epoch from expires - now()) / 60 as minutes from account_links where user_id = $1',
      [user.id],
    );
    expect(Number(row?.minutes)).toBeGreaterThan(58);
    expect(Number(row?.minutes)).toBeLessThanOrEqual(60);
    await app.database.query(`update account_links set expires = now() where user_id = $1`, [user.id]);
    expect(await reset(second)).toMatchObject(INVALID);
    const third = await requestToken(user.email, 3);
    await app.client.as(user).put('/users/current', { email: `${unique('other')}@example.com` });
    expect(await reset(third)).toMatchObject(INVALID);
    const other = await userWithAddress();
    const token = await requestToken(other.email);
    expect((await app.client.as(other).put('/users/current', { password: 'another horse' })).status).toBe(
      200,
    );
    expect(await reset(token)).toMatchObject(INVALID);
  });

  it('stores no token, neither in a link nor in the queue', async () => {
    const user = await userWithAddress();
    const token = await requestToken(user.email);
    expect(await wholeDatabase(app.database)).not.toContain(token);
  });

  it('removes the queued mails of an account that is deleted', async () => {
    const user = await userWithAddress();
    await app.database.query(
      `insert into queued_jobs (task, payload, owner, failed) values ('link-mail', '{}', $1, now())`,
      [user.id],
    );
    expect((await app.client.as(user).delete('/users/current')).status).toBe(204);
    expect(await app.database.query('select from queued_jobs where owner = $1', [user.id])).toEqual([]);
  });

  it('sends an account three messages an hour, and refuses the 21st request of an address', async () => {
    // A database of its own, because every node of a database runs the jobs, also those without limits.
    const limited = await startAppWithMail({ RATE_LIMIT: 'on' });
    const email = 'limited@example.com';
    await limited.app.a.user({ email });
    const request = (username: string) => limited.app.client.post('/auth/password/forgot', { username });
    for (let count = 0; count < 5; count++) expect(await request(email)).toMatchObject(REQUESTED);
    await jobsDone(limited.app.database);
    expect(limited.mails.to(email)).toHaveLength(3);
    for (let count = 5; count < 20; count++) expect((await request(unique('unknown'))).status).toBe(200);
    const refused = await request(email);
    expect(refused).toMatchObject({ status: 429, body: { data: 'Too many requests.' } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3000);
    await limited.close();
  });
});

describe('POST /auth/email/verification and /auth/email/verify', () => {
  const verify = (token: string) => app.client.post('/auth/email/verify', { token });

  it('verifies the address with the token of a message, once', async () => {
    const user = await userWithAddress();
    const client = app.client.as(user);
    expect((await client.get('/auth/me')).body.user.email_verified).toBe(false);
    expect(await client.post('/auth/email/verification')).toMatchObject({
      status: 200,
      body: { data: 'Message sent' },
    });
    const { page, token } = linkIn(await mailTo(mails, user.email));
    expect(page).toBe('http://localhost:3000/dashboard/verify-email');
    const answers = await Promise.all(Array.from({ length: 100 }, () => verify(token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.find(({ status }) => status === 200)?.body.data).toBe('Email verified');
    expect(answers.find(({ status }) => status !== 200)).toMatchObject(INVALID);
    expect((await client.get('/auth/me')).body.user.email_verified).toBe(true);
    expect(await client.post('/auth/email/verification')).toMatchObject({
      status: 409,
      body: { data: 'Email already verified' },
    });
    expect(await entriesAbout(app.database, user.id)).toMatchObject([{ action: 'account.verify-email' }]);
  });

  it('rejects 1,000 forged and replayed tokens', async () => {
    const user = await userWithAddress();
    await app.client.as(user).post('/auth/email/verification');
    const { token } = linkIn(await mailTo(mails, user.email));
    const id = Buffer.from(user.id, 'hex');
    for (let count = 0; count < 500; count++) {
      const forged = Buffer.concat([id, randomBytes(32)]).toString('base64url');
      expect(await verify(forged), forged).toMatchObject(INVALID);
    }
    expect((await app.client.as(user).get('/auth/me')).body.user.email_verified).toBe(false);
    expect((await verify(token)).status).toBe(200);
    for (let count = 0; count < 500; count++) expect(await verify(token)).toMatchObject(INVALID);
  });

  it('refuses an account without an address with 400, and a token after 24 hours', async () => {
    const without = app.client.as(await app.a.user());
    expect(await without.post('/auth/email/verification')).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'email' }] },
    });
    const user = await userWithAddress();
    await app.client.as(user).post('/auth/email/verification');
    const { token } = linkIn(await mailTo(mails, user.email));
    await app.database.query(
      `update account_links set expires = expires - interval '24 hours' where user_id = $1`,
      [user.id],
    );
    expect(await verify(token)).toMatchObject(INVALID);
  });

  it('ends the token and the verification with a change of the address, and tells the former address', async () => {
    const user = await userWithAddress();
    const client = app.client.as(user);
    await client.post('/auth/email/verification');
    const { token } = linkIn(await mailTo(mails, user.email));
    const email = `${unique('new')}@example.com`;
    expect((await client.put('/users/current', { email })).body).toMatchObject({
      email,
      email_verified: false,
    });
    expect(await verify(token)).toMatchObject(INVALID);
    const notice = await mailTo(mails, user.email, 2);
    expect(notice.subject).toBe('Your e-mail address was changed');
    expect(notice.text).not.toContain(email);
    await client.post('/auth/email/verification');
    expect(await verify(linkIn(await mailTo(mails, email)).token)).toMatchObject({ status: 200 });
    expect((await client.put('/users/current', { email: null })).body).toMatchObject({
      email_verified: false,
    });
    expect((await mailTo(mails, email, 2)).subject).toBe('Your e-mail address was changed');
  });

  it('keeps the verification when another field changes, or the same address is sent again', async () => {
    const user = await userWithAddress();
    await app.database.query('update users set email_verified = true where id = $1', [user.id]);
    const client = app.client.as(user);
    expect(
      (await client.put('/users/current', { first_name: 'Haru', email: user.email })).body,
    ).toMatchObject({
      email_verified: true,
    });
    await jobsDone(app.database);
    expect(mails.to(user.email)).toEqual([]);
  });

  it('sends three messages an hour, then answers 429', async () => {
    const user = await userWithAddress();
    const limited = await startApp({ RATE_LIMIT: 'on' }, app.database);
    const request = () => limited.client.as(user).post('/auth/email/verification');
    for (let count = 0; count < 3; count++) expect((await request()).status).toBe(200);
    expect((await request()).status).toBe(429);
    await limited.close();
  });
});
