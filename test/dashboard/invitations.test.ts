import { expect, it } from 'vitest';
import { Dashboard } from './dashboard.js';

const dashboard = Dashboard.forFile();

it('creates an invitation, whose link works, lists and revokes it', async () => {
  const page = await dashboard.openAs(dashboard.admin, '/invitations');
  const note = `For the club ${Date.now()}`;
  await page.getByRole('link', { name: 'Create' }).click();
  await page.getByLabel('Note').fill(note);
  await page.getByLabel('How many accounts').fill('2');
  await page.getByRole('button', { name: 'Invite' }).click();
  const dialog = page.getByRole('dialog');
  const url = await dialog.getByLabel('Link to the registration', { exact: false }).inputValue();
  expect(url).toMatch(/\/dashboard\/register#invitation=/);
  await dialog.getByRole('button', { name: 'Close' }).click();
  const row = page.getByRole('row', { name: note });
  await row.getByText('0 of 2 used').waitFor();
  const username = `guest${Date.now()}`.slice(0, 20);
  const invitation = url.split('invitation=')[1];
  await dashboard.register(username, { invitation });
  await page.getByRole('button', { name: 'Refresh' }).click();
  await row.getByText('1 of 2 used').waitFor();
  await row.getByRole('button', { name: 'Revoke' }).click();
  await dialog.getByText('Its link stops working at once.', { exact: false }).waitFor();
  await dialog.getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('The invitation was revoked.').waitFor();
  await expect.poll(() => row.count()).toBe(0);
});

it('is not shown without the permission', async () => {
  const page = await dashboard.openAs(await dashboard.user(['view-users']), '/users');
  await page.getByRole('navigation', { name: 'Main menu' }).getByRole('link', { name: 'Users' }).waitFor();
  for (const name of ['Invitations', 'Roles and permissions', 'Clients'])
    expect(await page.getByRole('link', { name }).count(), name).toBe(0);
  await page.goto(page.url().replace('/users', '/invitations'));
  await page.getByText('Access denied').first().waitFor();
});
