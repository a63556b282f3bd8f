import { expect, it } from 'vitest';
import { Dashboard, inspect } from './dashboard.js';

const dashboard = Dashboard.forFile();

it('shows who did what to whom, filters it, and shows former and present values', async () => {
  const user = await dashboard.user();
  await dashboard.call(dashboard.admin, 'PATCH', `/admin/users/${user.id}`, {
    age_verified: true,
    first_name: 'Eva',
  });
  const page = await dashboard.openAs(dashboard.admin, '/audit-log');
  await page.getByRole('combobox', { name: 'Action' }).click();
  await page.getByRole('option', { name: 'Changed a user', exact: true }).click();
  const row = page.getByRole('row', { name: new RegExp(`Changed a user admin ${user.username}`) });
  await row.waitFor();
  await expect.poll(() => page.getByRole('cell', { name: 'Created a role' }).count()).toBe(0);
  await row.getByText('No → Yes').waitFor();
  await row.getByText('changed; the log holds no names and addresses').waitFor();
  await inspect(page, 'audit-log-open');
  await page.getByRole('combobox', { name: 'By' }).fill(user.username);
  await page.getByRole('option', { name: user.username }).click();
  await page.getByText('Nothing matches these filters.').waitFor();
  await page.getByRole('combobox', { name: 'By' }).fill('admin');
  await page.getByRole('option', { name: 'admin', exact: true }).click();
  await row.waitFor();
  await page.getByLabel('Until').fill('2020-01-01');
  await page.getByText('Nothing matches these filters.').waitFor();
});

it('works without the permission to see users', async () => {
  const auditor = await dashboard.user(['view-audit-log']);
  const page = await dashboard.openAs(auditor, '/audit-log');
  await page
    .getByRole('row', { name: /Changed a user/ })
    .first()
    .waitFor();
  await page.getByRole('textbox', { name: 'By (id)' }).fill('server');
  await page.getByRole('row', { name: /Created an administrator The operator/ }).waitFor();
  expect(await page.getByRole('main').getByRole('link').count()).toBe(0);
});
