import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Dashboard } from './dashboard.js';
import { addPhoto } from './pictures.js';

const dashboard = Dashboard.forFile();

/** A larger catalog where it lies beside the project, else the sample. */
const CATALOG = ['../shared/data/catalog-sample.ndjson.gz', 'data/sample-catalog.ndjson'].find((file) =>
  existsSync(file),
) as string;

it('lets a newcomer invite, give a role, import, remove a photo, and find it all in the audit log', async () => {
  const page = await dashboard.open('/');
  await page.getByLabel('Username or e-mail address').fill('admin');
  await page.getByLabel('Password', { exact: false }).first().fill(dashboard.admin.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  const menu = page.getByRole('navigation', { name: 'Main menu' });
  const dialog = page.getByRole('dialog');
  // The former page stays until the next one is loaded.
  const visit = async (name: string) => {
    await menu.getByRole('link', { name }).click();
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  };

  await visit('Invitations');
  await page.getByRole('link', { name: 'Create' }).click();
  await page.getByLabel('Note').fill('For Haruka');
  await page.getByRole('button', { name: 'Invite' }).click();
  const url = await dialog.getByLabel('Link to the registration', { exact: false }).inputValue();
  await dialog.getByRole('button', { name: 'Close' }).click();
  const username = `haruka${Date.now() % 1_000_000}`;
  const guest = await dashboard.register(username, { invitation: url.split('invitation=')[1] });

  const role = `curators ${Date.now()}`;
  await visit('Roles and permissions');
  await page.getByRole('link', { name: 'Create' }).click();
  await page.getByLabel('Name', { exact: false }).first().fill(role);
  await page.getByLabel('Manage the catalog').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('row', { name: role }).waitFor();

  await visit('Users');
  await page.getByRole('textbox', { name: 'Search by name or address' }).fill(username);
  await expect.poll(() => page.getByRole('main').getByRole('row').count()).toBe(2);
  await page.getByRole('cell').getByText(username, { exact: true }).click();
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByRole('combobox', { name: 'Roles' }).click();
  await page.getByRole('option', { name: role }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { level: 1, name: username, exact: true }).waitFor();
  await page.getByRole('main').getByText(role).waitFor();

  await visit('Import a catalog');
  await page.locator('input[type="file"]').setInputFiles(CATALOG);
  await page.getByRole('region', { name: 'Result' }).waitFor({ timeout: 600_000 });

  await addPhoto(dashboard, guest);
  await visit('Pictures');
  await page.getByRole('img', { name: `Photo of ${username}` }).waitFor();
  await page.getByRole('button', { name: 'Remove', exact: true }).first().click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await page.getByText('The picture was removed.').waitFor();

  await visit('Audit log');
  for (const name of [
    new RegExp(`Deleted a photo admin ${username}`),
    /Imported a catalog file admin/,
    new RegExp(`Changed a user admin ${username}`),
    new RegExp(`Created a role admin ${role}`),
    /Created an invitation admin For Haruka/,
  ])
    await page.getByRole('row', { name }).first().waitFor();
});
