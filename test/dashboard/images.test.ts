import { expect, it } from 'vitest';
import { Dashboard, inspect, settled } from './dashboard.js';
import { addAvatar, addPhoto } from './pictures.js';

const dashboard = Dashboard.forFile();

it('lets a moderator filter and remove pictures, and nothing else', async () => {
  const [one, two] = [await dashboard.user(), await dashboard.user()];
  await addAvatar(dashboard, one);
  await addPhoto(dashboard, one);
  await addPhoto(dashboard, two, 'purple');
  const moderator = await dashboard.user(['moderate-images']);
  const page = await dashboard.openAs(moderator, '/');
  await page.getByRole('heading', { level: 1, name: 'Pictures' }).waitFor();
  expect(
    await page.getByRole('navigation', { name: 'Main menu' }).getByRole('link').allTextContents(),
  ).toContain('Pictures');
  for (const name of ['Users', 'Audit log', 'Clients'])
    expect(await page.getByRole('link', { name, exact: true }).count(), name).toBe(0);
  const photo = page.getByRole('img', { name: `Photo of ${one.username}` });
  await photo.waitFor();
  await expect
    .poll(() => page.evaluate<number>('document.querySelector("main li img")?.naturalWidth ?? 0'))
    .toBeGreaterThan(0);

  await page
    .getByRole('button', { name: `Only ${one.username}` })
    .first()
    .click();
  const pictures = page.getByRole('main').getByRole('listitem');
  await expect.poll(() => pictures.count()).toBe(2);
  await page.getByRole('combobox', { name: 'Kind' }).click();
  await page.getByRole('option', { name: 'Profile picture' }).click();
  await expect.poll(() => pictures.count()).toBe(1);
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('heading', { name: `Remove the profile picture of ${one.username}?` }).waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => dialog.count()).toBe(0);
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await page.getByText('Nothing matches these filters.').waitFor();
  const { images } = await dashboard.call<{ images: { kind: string }[] }>(
    moderator,
    'GET',
    `/admin/images?user=${one.id}`,
  );
  expect(images.map(({ kind }) => kind)).toEqual(['photo']);
});

it('explains what a picture that is gone already means', async () => {
  const user = await dashboard.user();
  const id = await addPhoto(dashboard, user);
  const page = await dashboard.openAs(dashboard.admin, '/images');
  await page.getByRole('img', { name: `Photo of ${user.username}` }).waitFor();
  await dashboard.call(user, 'DELETE', `/v1/photos/${id}`);
  await page.getByRole('button', { name: 'Remove', exact: true }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByText('It does not exist any more.').waitFor();
});

it('shows a grid without a serious fault', async () => {
  const users = [await dashboard.user(), await dashboard.user()];
  for (const user of users) await addAvatar(dashboard, user, 'crimson');
  for (const user of users) await addPhoto(dashboard, user, 'seagreen');
  const page = await dashboard.openAs(dashboard.admin, '/images');
  await settled(page);
  await inspect(page, 'images-grid');
});
