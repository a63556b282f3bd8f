import { expect, it } from 'vitest';
import { Dashboard, inspect } from './dashboard.js';

const dashboard = Dashboard.forFile();

it('shows totals, charts of 30 days and the same numbers as a table', async () => {
  await dashboard.user();
  const page = await dashboard.openAs(dashboard.admin, '/');
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  const { totals, days } = await dashboard.call<{
    totals: { users: number };
    days: { users: number; date: string }[];
  }>(dashboard.admin, 'GET', '/admin/stats');
  const list = page.getByRole('list', { name: 'Totals' });
  await list.getByText(String(totals.users), { exact: true }).first().waitFor();
  const registrations = page.getByRole('region', { name: 'Registrations in 30 days' });
  const sum = days.reduce((total, { users }) => total + users, 0);
  await registrations.getByRole('img', { name: `${sum} in 30 days` }).waitFor();
  // The last bar is drawn in the theme's colour.
  await expect.poll(() => registrations.locator('canvas').evaluate(colors)).toContain('57,73,171');
  await page.getByRole('button', { name: 'The last 30 days as a table' }).click();
  const rows = page.getByRole('row');
  await expect.poll(() => rows.count()).toBe(31);
  expect(await rows.nth(1).getByRole('cell').first().textContent()).toBe(String(days.at(-1)?.users));
  await inspect(page, 'overview-table');
});

/** The colours of the opaque pixels of a canvas. */
function colors(element: HTMLElement | SVGElement): string[] {
  const canvas = element as HTMLCanvasElement;
  const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
  const found = new Set<string>();
  for (let at = 0; at < pixels.length; at += 4)
    if (pixels[at + 3] === 255) found.add(`${pixels[at]},${pixels[at + 1]},${pixels[at + 2]}`);
  return [...found];
}

it('explains an overloaded service, and reads again when it may', async () => {
  const page = await dashboard.open('/icon.svg');
  let isDown = true;
  await page.route('**/admin/stats', (route) =>
    isDown
      ? route.fulfill({
          status: 503,
          headers: { 'retry-after': '1' },
          json: { data: 'Service unavailable', code: 503 },
        })
      : route.fallback(),
  );
  await page.request.post(new URL('/auth/login', page.url()).href, {
    data: { username: 'admin', password: dashboard.admin.password },
  });
  await page.goto(page.url().replace('/icon.svg', '/overview'));
  await page.getByText('The service is overloaded', { exact: false }).waitFor();
  isDown = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('region', { name: 'Registrations in 30 days' }).waitFor();
});
