import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { Dashboard, inspect } from './dashboard.js';

const dashboard = Dashboard.forFile();

const line = (fields: Record<string, unknown>) =>
  JSON.stringify({ kind: 'series', type: 'Novel', origin: 'Japanese', titles: [], tags: [], ...fields });

it('imports a file with progress, and lists what was refused and left out', async () => {
  const key = `desk-${Date.now()}`;
  const volume = { language: 'en', isbn13: '9780000000000' };
  const volumes = Array.from({ length: 55 }, (_, index) => ({
    ...volume,
    external_id: `${key}:1:${index}`,
    name: `Volume ${index + 1}`,
    order: index + 1,
  }));
  const lines = [
    line({ external_id: `${key}:1`, name: `Lantern ${key}`, public: 0, tags: ['Slice of Life'], volumes }),
    '{"kind":"series"}',
    'nonsense',
    ...Array.from({ length: 25 }, (_, index) => line({ external_id: `${key}:r${index}`, name: 5 })),
  ];
  const editor = await dashboard.user(['manage-catalog']);
  const page = await dashboard.openAs(editor, '/catalog-import');
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/admin/catalog/import', async (route) => {
    await held;
    await route.fallback();
  });
  await page.locator('input[type="file"]').setInputFiles({
    name: 'catalog.ndjson.gz',
    mimeType: 'application/gzip',
    buffer: gzipSync(lines.join('\n')),
  });
  await page.getByRole('progressbar').waitFor();
  expect(await page.getByRole('button', { name: 'Choose a file and import it' }).isEnabled()).toBe(false);
  release();
  const refused = page.getByRole('region', { name: 'Refused lines' });
  await refused.getByRole('row', { name: /^2 / }).waitFor();
  await expect.poll(() => refused.getByRole('row').count()).toBe(21);
  const warnings = page.getByRole('region', { name: /^Warnings/ });
  await warnings
    .getByText(/isbn13/)
    .first()
    .waitFor();
  await page.getByRole('region', { name: 'Result' }).getByText('27', { exact: true }).waitFor();
  await inspect(page, 'catalog-import-result');

  await page.getByRole('link', { name: 'Series', exact: true }).click();
  await page.getByRole('textbox', { name: 'Search by name or title' }).fill(`lantern ${key}`);
  const row = page.getByRole('row', { name: new RegExp(`Lantern ${key}.*not public`) });
  await row.waitFor();
  await page.getByRole('combobox', { name: 'Visibility' }).click();
  await page.getByRole('option', { name: 'Public', exact: true }).click();
  await page.getByText('Nothing matches these filters.').waitFor();
  await page.getByRole('combobox', { name: 'Visibility' }).click();
  await page.getByRole('option', { name: 'Not in lists of readers' }).click();
  await row.click();
  await page.getByRole('region', { name: 'Volumes (55)' }).waitFor();
  await expect.poll(() => page.getByRole('row').count()).toBe(51);
  await page.getByRole('button', { name: 'More volumes' }).click();
  await expect.poll(() => page.getByRole('row').count()).toBe(56);
  await inspect(page, 'series-volumes');
});

it('explains a file that the service refuses', async () => {
  const page = await dashboard.openAs(await dashboard.user(['manage-catalog']), '/catalog-import');
  const buffer = gzipSync(line({ external_id: 'x', name: 'x' })).subarray(0, 40);
  await page
    .locator('input[type="file"]')
    .setInputFiles({ name: 'damaged.gz', mimeType: 'application/gzip', buffer });
  await page.getByRole('alert').getByText('Invalid parameters').waitFor();
  expect(await page.getByRole('button', { name: 'Choose a file and import it' }).isEnabled()).toBe(true);
});
