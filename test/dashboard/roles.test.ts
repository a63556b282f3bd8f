import { expect, it } from 'vitest';
import { Dashboard } from './dashboard.js';

const dashboard = Dashboard.forFile();

it('creates, changes and deletes a role, which the matrix shows', async () => {
  const page = await dashboard.openAs(dashboard.admin, '/roles');
  const name = `helpers ${Date.now()}`;
  await page.getByRole('link', { name: 'Create' }).click();
  await page.getByLabel('Name', { exact: false }).first().fill('ADMIN');
  await page.getByLabel('See users and statistics').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Role with the same name already exists').waitFor();
  await page.getByText('This conflicts with what is stored now.').waitFor();
  // Nothing typed is lost.
  expect(await page.getByLabel('See users and statistics').isChecked()).toBe(true);
  await page.getByLabel('Name', { exact: false }).first().fill(name);
  await page.getByRole('button', { name: 'Save' }).click();

  const row = page.getByRole('row', { name });
  await row.waitFor();
  const granted = () => row.getByText('Yes', { exact: true }).count();
  expect(await granted()).toBe(1);
  await row.getByText(name).click();
  await page.getByLabel('Read the audit log').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect.poll(granted).toBe(2);

  await row.getByText(name).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByText('Users without another role').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('The role was deleted.').waitFor();
  await expect.poll(() => row.count()).toBe(0);
});

it('offers no permission that the user does not hold, and no change of the service’s own roles', async () => {
  const editor = await dashboard.user(['view-roles', 'edit-roles']);
  const page = await dashboard.openAs(editor, '/roles/create');
  await expect.poll(() => page.getByLabel('Change roles').isEnabled()).toBe(true);
  expect(await page.getByLabel('Delete users').isEnabled()).toBe(false);
  await page.goto(page.url().replace('/create', '/2'));
  await page.getByText('This role always has all permissions.').waitFor();
  for (const label of ['Change roles', 'Delete users'])
    expect(await page.getByLabel(label).isEnabled(), label).toBe(false);
  expect(await page.getByRole('button', { name: 'Delete' }).count()).toBe(0);
  const reader = await dashboard.user(['view-roles']);
  const other = await dashboard.openAs(reader, '/roles');
  await other.getByRole('row', { name: /admin/ }).waitFor();
  expect(await other.getByRole('link', { name: 'Create' }).count()).toBe(0);
  await other.goto(page.url());
  await other.getByText('Access denied').first().waitFor();
});

it('asks before a new record that was typed is left, and not after it was saved', async () => {
  const page = await dashboard.openAs(dashboard.admin, '/roles/create');
  const asked: string[] = [];
  page.on('dialog', async (dialog) => {
    asked.push(dialog.message());
    await dialog.dismiss();
  });
  const name = page.getByLabel('Name', { exact: false }).first();
  const typed = `readers ${Date.now()}`;
  await name.fill(typed);
  await page.getByRole('link', { name: 'Users', exact: true }).click();
  await expect.poll(() => asked.length).toBe(1);
  expect(await name.inputValue()).toBe(typed);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('row', { name: typed }).waitFor();
  expect(asked).toEqual([expect.stringContaining("changes weren't saved")]);
});
