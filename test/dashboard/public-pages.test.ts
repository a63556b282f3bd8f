import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { expect, inject, it } from 'vitest';
import { Dashboard } from './dashboard.js';

const dashboard = Dashboard.forFile();
const { dataDir, url: SERVICE } = inject('dashboard');
const MAILS = join(dataDir, 'mail');

/** Waits for a mail to an address that has a link to a page. @returns the path of the link, below `/dashboard` */
async function linkTo(page: string, address: string): Promise<string> {
  const find = async () => {
    for (const name of await readdir(MAILS).catch(() => [])) {
      const { to, text = '' } = await simpleParser(await readFile(join(MAILS, name)));
      const link = new RegExp(`${SERVICE}/dashboard(/${page}#\\S+)`).exec(text)?.[1];
      if (link !== undefined && [to].flat().some((one) => one?.text.includes(address))) return link;
    }
    return '';
  };
  let link = '';
  await expect.poll(async () => (link = await find())).not.toBe('');
  return link;
}

it('leads from a lost password by mail to a new one', async () => {
  const user = await dashboard.user();
  const page = await dashboard.open('/login');
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await page.getByLabel('Username or e-mail address').fill(user.username);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.getByRole('status').getByText('If the account exists').waitFor();

  const path = await linkTo('reset-password', `${user.username}@example.com`);
  await page.goto(`${SERVICE}/dashboard${path}`);
  await page.getByLabel('New password').fill('short');
  await page.getByRole('button', { name: 'Save the password' }).click();
  await page.getByText('Must be 8 characters at least').waitFor();
  await page.getByLabel('New password').fill('another correct horse');
  await page.getByRole('button', { name: 'Save the password' }).click();
  await page.getByText('Your password is changed. Sign in with it.').waitFor();
  await page.getByRole('link', { name: 'To sign-in' }).click();
  await page.getByLabel('Username or e-mail address').fill(user.username);
  await page.getByRole('textbox', { name: 'Password' }).fill('another correct horse');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Profile' }).waitFor();

  const again = await dashboard.open(path);
  await again.getByLabel('New password').fill('a third correct horse');
  await again.getByRole('button', { name: 'Save the password' }).click();
  await again.getByRole('alert').getByText('Invalid or expired token').waitFor();
  expect(await again.getByLabel('New password').inputValue()).toBe('a third correct horse');
});

it('confirms an address by mail', async () => {
  const user = await dashboard.user();
  const page = await dashboard.openAs(user, '/account/profile');
  await page.getByRole('button', { name: 'Send me a link to confirm it' }).click();
  await page.getByText('The message is on its way.').waitFor();
  const path = await linkTo('verify-email', `${user.username}@example.com`);
  await page.goto(`${SERVICE}/dashboard${path}`);
  await page.getByRole('button', { name: 'Confirm the address' }).click();
  await page.getByText('Your address is confirmed.').waitFor();
  await page.getByRole('link', { name: 'Go on' }).click();
  await page.getByText('Your address is confirmed.').waitFor();
});

const NOTE = `Test of process ${process.pid}`;

it('registers with an invitation and opens the own account', async () => {
  const { url } = await dashboard.call<{ url: string }>(dashboard.admin, 'POST', '/admin/invitations', {
    note: NOTE,
  });
  expect(url).toMatch(new RegExp(`^${SERVICE}/dashboard/register#invitation=`));
  const page = await dashboard.open(url.slice(`${SERVICE}/dashboard`.length));
  await page.getByText('You are invited.').waitFor();
  await page.getByLabel('Username').fill('admin');
  await page.getByRole('textbox', { name: 'Password' }).fill('correct horse battery');
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByRole('alert').getByText('Username already taken').waitFor();
  await page.getByLabel('Username').fill(`invited${process.pid}`);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByRole('heading', { level: 1, name: 'Profile' }).waitFor();
  const { invitations } = await dashboard.call<{ invitations: { note: string | null; used: number }[] }>(
    dashboard.admin,
    'GET',
    '/admin/invitations',
  );
  expect(invitations.find(({ note }) => note === NOTE)?.used).toBe(1);
});
