import { expect, it } from 'vitest';
import { Dashboard, settled } from './dashboard.js';

const dashboard = Dashboard.forFile();

it('fits the screen with the longest texts without a space', async () => {
  const { admin } = dashboard;
  const text = (length: number) => 'w'.repeat(length);
  const user = await dashboard.register(`${text(14)}${process.pid % 100_000}`, {
    email: `${text(38)}@example.com`,
    first_name: text(20),
    last_name: text(20),
  });
  const created = async (path: string, body: unknown) =>
    (await dashboard.call<{ id: number }>(admin, 'POST', path, body)).id;
  const role = await created('/admin/roles', { name: text(50), description: text(200), permissions: [] });
  const url = `https://example.com/${text(180)}`;
  const client = await created('/admin/clients', { name: text(50), url, scopes: ['photos:delete'] });
  const invitation = await created('/admin/invitations', { note: text(200), roles: ['user', text(50)] });
  await dashboard.call(admin, 'PATCH', `/admin/users/${user.id}`, {
    website: `https://example.com/${text(80)}`,
    roles: ['user', text(50)],
    suspended: true,
  });

  const page = await dashboard.openAs(admin, '/users');
  const lists = ['/users', '/roles', '/invitations', '/clients', '/audit-log'];
  const records = [`/users/${user.id}/show`, `/users/${user.id}`, `/roles/${role}`, `/clients/${client}`];
  for (const path of [...lists, ...records]) {
    await page.goto(new URL(`/dashboard${path}`, page.url()).href);
    await settled(page);
    await page.getByText(text(14)).or(page.locator('form')).first().waitFor();
    for (const width of [390, 920, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      const beyond = () =>
        page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      await expect.poll(beyond, { message: `${path} at ${width} pixels` }).toBe(0);
    }
  }

  // Other tests look at the same lists.
  await dashboard.call(admin, 'DELETE', `/admin/invitations/${invitation}`);
  await dashboard.call(admin, 'DELETE', `/admin/users/${user.id}`);
  await dashboard.call(admin, 'DELETE', `/admin/roles/${role}`);
  await dashboard.call(admin, 'DELETE', `/admin/clients/${client}`);
});
