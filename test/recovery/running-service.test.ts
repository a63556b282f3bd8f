import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkIn } from '../support/mails.js';
import { codeOf } from '../support/one-time-passwords.js';
import { Service } from '../support/service.js';

const ADMIN_PASSWORD = 'correct horse battery';
const LOST = 'a lost horse battery';
const FOUND = 'a new horse battery';
let service: Service;
beforeAll(async () => {
  service = await Service.start({ ADMIN_PASSWORD });
});
afterAll(() => service.discard());

// Tests read the fields that they expect. A missing field is undefined and fails the expectation.
// oxlint-disable-next-line no-explicit-any
type Body = any;

async function post(path: string, json: object, token?: string): Promise<{ status: number; body: Body }> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await service.fetch(path, { method: 'POST', json, headers });
  const text = await answer.text();
  return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Body };
}

const login = (username: string, password: string, code?: string) =>
  post('/auth/login', { username, password, code });

/** The text of the only mail that the service has written to a file. */
async function writtenMail() {
  const folder = join(service.dataDir, 'mail');
  const files = async () => (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.eml'));
  await expect.poll(files).toHaveLength(1);
  const path = join(folder, (await files())[0] as string);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  return simpleParser(await readFile(path));
}

describe('A reader who cannot sign in, at a running service', () => {
  it('gets in again by mail, which is a file without a mail server', async () => {
    const email = 'lost@example.com';
    await post('/auth/register', { username: 'bymail', password: LOST, email });
    expect((await post('/auth/password/forgot', { username: 'bymail' })).status).toBe(200);
    const mail = await writtenMail();
    expect(mail.to).toMatchObject({ text: email });
    await expect.poll(() => service.printed).toContain(`Wrote a message to ${join(service.dataDir, 'mail')}`);
    expect(service.printed).not.toContain(email);
    const { page, token } = linkIn(mail);
    expect(page).toBe(`${service.url}/dashboard/reset-password`);
    expect((await post('/auth/password/reset', { token, password: FOUND })).status).toBe(200);
    expect((await login('bymail', LOST)).status).toBe(401);
    expect((await login('bymail', FOUND)).status).toBe(200);
  });

  it('gets in again by the link of an administrator', async () => {
    const { id } = (await post('/auth/register', { username: 'bylink', password: LOST })).body[
      'user'
    ] as Body;
    const admin = (await login('admin', ADMIN_PASSWORD)).body.accessToken;
    const { url } = (await post(`/admin/users/${String(id)}/password-reset`, {}, admin)).body;
    const token = new URL(String(url)).hash.slice('#token='.length);
    expect((await post('/auth/password/reset', { token, password: FOUND })).status).toBe(200);
    expect((await login('bylink', FOUND)).status).toBe(200);
  });

  it('gets in again by a recovery code', async () => {
    const { accessToken } = (await post('/auth/register', { username: 'bycode', password: LOST })).body;
    const { secret } = (await post('/auth/two-factor', {}, accessToken)).body;
    const confirmed = await post('/auth/two-factor/confirm', { code: codeOf(String(secret)) }, accessToken);
    const [code] = confirmed.body.recovery_codes;
    expect(await login('bycode', LOST)).toMatchObject({
      status: 401,
      body: { data: 'Second factor required' },
    });
    expect((await login('bycode', LOST, code)).status).toBe(200);
    expect((await login('bycode', LOST, code)).status).toBe(401);
  });
});
