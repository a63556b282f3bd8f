import { expect, it } from 'vitest';
import { Dashboard } from './dashboard.js';

const dashboard = Dashboard.forFile();

it('registers a client, shows its keys once, rotates the key, disables and deletes the client', async () => {
  const page = await dashboard.openAs(dashboard.admin, '/clients', {
    permissions: ['clipboard-write', 'clipboard-read'],
  });
  const name = `Partner ${Date.now()}`;
  await page.getByRole('link', { name: 'Create' }).click();
  await page.getByLabel('Name', { exact: false }).first().fill(name);
  await page.getByLabel('Address').fill('ftp://example.org');
  await page.getByLabel(/Delete photos/).check();
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText(/must be .*http/).waitFor();
  await page.getByLabel('Address').fill('https://example.org');
  await page.getByRole('button', { name: 'Create' }).click();
  const dialog = page.getByRole('dialog');
  const key = await dialog.getByLabel(`Key of ${name}`, { exact: false }).inputValue();
  expect(key.length).toBeGreaterThan(30);
  await dialog.getByRole('button', { name: 'Copy' }).click();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(key);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('cell', { name }).click();

  await page.getByRole('button', { name: 'New key' }).click();
  await dialog.getByLabel('Hours for which').fill('169');
  expect(await dialog.getByRole('button', { name: 'New key' }).isEnabled()).toBe(false);
  await dialog.getByLabel('Hours for which').fill('48');
  await dialog.getByRole('button', { name: 'New key' }).click();
  await dialog.getByText(/The former key works until/).waitFor();
  expect(await dialog.getByLabel(`Key of ${name}`, { exact: false }).inputValue()).not.toBe(key);
  await dialog.getByRole('button', { name: 'Close' }).click();

  await page.getByLabel('Enabled').uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('row', { name: new RegExp(`${name}.*Disabled`) }).waitFor();
  await page.getByRole('cell', { name }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('The client was deleted.').waitFor();
  await page.getByRole('heading', { level: 1, name: 'Clients' }).waitFor();
  await expect.poll(() => page.getByRole('cell', { name }).count()).toBe(0);
});
