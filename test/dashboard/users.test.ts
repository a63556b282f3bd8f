import { expect, it } from 'vitest';
import sharp from 'sharp';
import { Dashboard } from './dashboard.js';

const dashboard = Dashboard.forFile();

it('finds, changes, suspends and deletes a user', async () => {
  const reader = await dashboard.user();
  const page = await dashboard.openAs(dashboard.admin, '/users');
  const main = page.getByRole('main');
  await page.getByRole('textbox', { name: 'Search by name or address' }).fill(reader.username);
  await expect.poll(() => main.getByRole('row').count()).toBe(2);
  await main.getByRole('cell').getByText(reader.username, { exact: true }).click();
  await page.getByRole('heading', { level: 1, name: reader.username }).waitFor();

  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByLabel('Given name').fill('Haruka');
  await page.getByLabel('E-mail address').fill('admin');
  await page.getByRole('button', { name: 'Save' }).click();
  // The service explains its refusal at the field, and what was typed stays.
  await page.getByText(/must be an email/).waitFor();
  expect(await page.getByLabel('Given name').inputValue()).toBe('Haruka');
  await page.getByLabel('E-mail address').fill('haruka@example.org');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('haruka@example.org (not verified)').waitFor();

  const picture = await sharp({ create: { width: 60, height: 40, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
  await page
    .locator('input[type="file"]')
    .setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: picture });
  await page.getByRole('img', { name: `Picture of ${reader.username}` }).waitFor();
  await page.getByRole('button', { name: 'Remove the picture' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove the picture' }).click();
  await page.getByText('This user has no picture.').waitFor();

  await page.getByRole('button', { name: 'Link to a new password' }).click();
  const link = await page
    .getByRole('dialog')
    .getByLabel(/Link to a new password/)
    .inputValue();
  expect(link).toMatch(/\/dashboard\/reset-password#token=/);
  await page.getByRole('button', { name: 'Close' }).click();

  await page.getByRole('button', { name: 'Suspend' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click();
  await page.getByRole('button', { name: 'Lift the suspension' }).click();
  await page.getByRole('button', { name: 'Suspend' }).waitFor();

  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(`the account ${reader.username}`).waitFor();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Nothing matches these filters.').waitFor();
});

it('shows a moderator only what the permissions allow', async () => {
  const reader = await dashboard.user();
  const moderator = await dashboard.user(['view-users']);
  const page = await dashboard.openAs(moderator, `/users/${reader.id}/show`);
  await page.getByRole('heading', { name: 'Profile' }).waitFor();
  for (const name of ['Suspend', 'Delete', 'Sign out everywhere', 'Upload a picture'])
    expect(await page.getByRole('button', { name }).count(), name).toBe(0);
  expect(await page.getByRole('link', { name: 'Edit' }).count()).toBe(0);
  await page.goto(page.url().replace('/show', ''));
  await page.getByText('Access denied').first().waitFor();
});

it('does not offer what could take over an account with more permissions', async () => {
  const keeper = await dashboard.user(['manage-clients']);
  const moderator = await dashboard.user(['view-users', 'edit-users']);
  const page = await dashboard.openAs(moderator, `/users/${keeper.id}/show`);
  const hint = page.getByText('This user has permissions that you lack', { exact: false });
  await hint.waitFor();
  await page.getByRole('button', { name: 'Sign out everywhere' }).waitFor();
  for (const name of ['Link to a new password', 'Suspend'])
    expect(await page.getByRole('button', { name }).count(), name).toBe(0);
  await page.getByRole('link', { name: 'Edit' }).click();
  await hint.waitFor();
  expect(await page.getByLabel('E-mail address').isEditable()).toBe(false);
  await page.getByLabel('Given name').fill('Haruka');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Haruka', { exact: false }).first().waitFor();
  const reader = await dashboard.user();
  await page.goto(`${page.url().split('/users/')[0]}/users/${reader.id}/show`);
  for (const name of ['Link to a new password', 'Suspend'])
    await page.getByRole('button', { name }).waitFor();
  expect(await hint.count()).toBe(0);
});

it('does not offer to suspend or delete the own account', async () => {
  const moderator = await dashboard.user(['view-users', 'edit-users', 'delete-users']);
  const page = await dashboard.openAs(moderator, `/users/${moderator.id}/show`);
  await page.getByText('Only another administrator can suspend or delete it.', { exact: false }).waitFor();
  await page.getByRole('button', { name: 'Sign out everywhere' }).waitFor();
  for (const name of ['Suspend', 'Delete'])
    expect(await page.getByRole('button', { name }).count(), name).toBe(0);
  const reader = await dashboard.user();
  await page.goto(page.url().replace(moderator.id, reader.id));
  for (const name of ['Suspend', 'Delete']) await page.getByRole('button', { name }).waitFor();
  expect(await page.getByText('This is your own account.', { exact: false }).count()).toBe(0);
});

it('offers no role that the service would refuse', async () => {
  const reader = await dashboard.user();
  const moderator = await dashboard.user(['view-users', 'edit-users', 'view-roles', 'rate-series']);
  const own = `role of ${moderator.username}`;
  const page = await dashboard.openAs(moderator, `/users/${reader.id}`);
  for (const path of [`/users/${reader.id}`, '/invitations/create']) {
    await page.goto(new URL(`/dashboard${path}`, page.url()).href);
    await page.getByRole('combobox', { name: 'Roles' }).click();
    const isDisabled = (name: string) =>
      page.getByRole('option', { name, exact: true }).getAttribute('aria-disabled');
    await expect.poll(() => page.getByRole('option', { name: own, exact: true }).count()).toBe(1);
    expect([await isDisabled(own), await isDisabled('admin')], path).toEqual(['false', 'true']);
  }
  await page.goto(new URL(`/dashboard/users/${reader.id}`, page.url()).href);
  await page.getByRole('combobox', { name: 'Roles' }).click();
  await page.getByRole('option', { name: own, exact: true }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Profile' }).waitFor();
  await page.getByText(own, { exact: true }).waitFor();
});

it('offers all of more than 100 roles', async () => {
  const reader = await dashboard.user();
  const page = await dashboard.openAs(dashboard.admin, '/icon.svg');
  await page.route('**/admin/roles?*', (route) => {
    const query = new URL(route.request().url()).searchParams;
    const offset = Number(query.get('offset') ?? 0);
    const ids = Array.from({ length: 150 }, (_, index) => index + 1).slice(offset, offset + 100);
    const roles = ids.map((id) => ({ id, name: `role ${id}`, description: null, permissions: [], users: 0 }));
    return route.fulfill({ json: { roles, total: 150, limit: 100, offset } });
  });
  await page.goto(page.url().replace('/icon.svg', `/users/${reader.id}`));
  await page.getByRole('combobox', { name: 'Roles' }).fill('role 150');
  await page.getByRole('option', { name: 'role 150', exact: true }).waitFor();
});

it('shows that a slow answer is awaited, and sends one request for a double click', async () => {
  const reader = await dashboard.user();
  const page = await dashboard.openAs(dashboard.admin, '/icon.svg');
  const answers = Promise.withResolvers<void>();
  const sent: string[] = [];
  await page.route('**/admin/users/*', async (route) => {
    await answers.promise;
    await route.continue();
  });
  await page.goto(page.url().replace('/icon.svg', `/users/${reader.id}/show`));
  await page.getByRole('main').getByRole('progressbar').waitFor();
  answers.resolve();

  const logouts = Promise.withResolvers<void>();
  await page.route('**/admin/users/*/logout', async (route) => {
    sent.push(route.request().method());
    await logouts.promise;
    await route.continue();
  });
  const button = page.getByRole('button', { name: 'Sign out everywhere' });
  await button.dblclick();
  await expect.poll(() => button.isDisabled()).toBe(true);
  logouts.resolve();
  await page.getByText('The user is signed out everywhere.').waitFor();
  expect(sent).toEqual(['POST']);
});

it('says that a user does not exist, or that the address is not valid', async () => {
  const reader = await dashboard.user();
  const page = await dashboard.openAs(dashboard.admin, `/users/${reader.id}/show`);
  await page.getByRole('heading', { level: 1, name: reader.username }).waitFor();
  await dashboard.call(dashboard.admin, 'DELETE', `/admin/users/${reader.id}`);
  for (const tail of ['/show', '']) {
    await page.goto(`${page.url().split('/users/')[0]}/users/${reader.id}${tail}`);
    await page.getByRole('heading', { level: 1, name: 'User not found' }).waitFor();
    await page.getByText('It does not exist any more.').waitFor();
  }
  await page.goto(`${page.url().split('/users/')[0]}/users/nobody/show`);
  await page.getByText('The address of this page is not valid.').waitFor();
});
