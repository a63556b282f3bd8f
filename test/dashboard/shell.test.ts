import { expect, it } from 'vitest';
import { Dashboard, settled } from './dashboard.js';

const dashboard = Dashboard.forFile();

it('signs in and leads back to the page that needed it, by keyboard alone', async () => {
  const page = await dashboard.open('/users?page=1');
  await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  // The redirection happens once.
  expect(await page.evaluate('history.length')).toBeLessThan(5);
  await page.keyboard.type('admin');
  await page.keyboard.press('Tab');
  await page.keyboard.type('wrong password');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('Invalid credentials').waitFor();
  expect(await page.getByLabel('Username or e-mail address').inputValue()).toBe('admin');
  // The password has the focus still.
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(dashboard.admin.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
  expect(page.url()).toMatch(/\/users\?page=1/);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement.id')).toBe('main-content');
});

it('brings back what was typed when the session ended meanwhile', async () => {
  const reader = await dashboard.user();
  const editor = await dashboard.user(['view-users', 'edit-users']);
  const page = await dashboard.openAs(editor, `/users/${reader.id}`);
  await page.getByLabel('Given name').fill('Haruka');
  await dashboard.call(dashboard.admin, 'POST', `/admin/users/${editor.id}/logout`);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  await page.getByLabel('Username or e-mail address').fill(editor.username);
  await page.getByLabel('Password', { exact: false }).first().fill(editor.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByText('What you had typed is back.').waitFor();
  expect(await page.getByLabel('Given name').inputValue()).toBe('Haruka');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Haruka').waitFor();
});

it('counts down after 429 and keeps what was typed', async () => {
  const reader = await dashboard.user();
  const page = await dashboard.openAs(dashboard.admin, `/users/${reader.id}`);
  await page.route(/\/admin\/users\/[0-9a-f]+$/, async (route) => {
    if (route.request().method() !== 'PATCH') return route.fallback();
    return route.fulfill({
      status: 429,
      headers: { 'retry-after': '9' },
      json: { data: 'Too many requests.', code: 429 },
    });
  });
  await page.getByLabel('Given name').fill('Haruka');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/You can try again in \d seconds?\./).waitFor();
  await page.getByText('You can try again now.').waitFor();
  expect(await page.getByLabel('Given name').inputValue()).toBe('Haruka');
});

it('follows the language of the browser and keeps the chosen one', async () => {
  const page = await dashboard.openAs(dashboard.admin, '/users', { locale: 'de-AT' });
  await page.getByRole('heading', { level: 1, name: 'Benutzer' }).waitFor();
  await expect.poll(() => page.evaluate('document.documentElement.lang')).toBe('de');
  await page.getByRole('button', { name: 'Sprache' }).click();
  await page.getByRole('menuitem', { name: 'English' }).click();
  await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
});

it('ends the session in all tabs', async () => {
  const page = await dashboard.openAs(await dashboard.user(['view-users']), '/users');
  await settled(page);
  const other = await page.context().newPage();
  await other.goto(page.url());
  await settled(other);
  await page.getByRole('button', { name: 'Your account' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  await other.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
});

it('explains an overload where the data would be, and reads it again when that makes sense', async () => {
  let isOverloaded = true;
  const page = await dashboard.open('/icon.svg');
  await page.route(/\/admin\/users\?/, (route) =>
    isOverloaded
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
  await page.goto(new URL('/dashboard/users', page.url()).href);
  const notice = page.getByRole('main').getByRole('alert');
  await notice.getByText('The service is overloaded').waitFor();
  isOverloaded = false;
  await notice.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('cell').getByText('admin', { exact: true }).first().waitFor();
});

it('explains that a permission was withdrawn, and removes what it allowed', async () => {
  const reader = await dashboard.user();
  const editor = await dashboard.user(['view-users', 'edit-users']);
  const page = await dashboard.openAs(editor, `/users/${reader.id}`);
  await page.getByLabel('Given name').fill('Haruka');
  await dashboard.call(dashboard.admin, 'PATCH', `/admin/users/${editor.id}`, { roles: ['user'] });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('You lack the permission for this, or your roles have changed.').waitFor();
  expect(await page.getByLabel('Given name').inputValue()).toBe('Haruka');
  const menu = page.getByRole('navigation', { name: 'Main menu' });
  await expect.poll(() => menu.getByRole('link', { name: 'Users', exact: true }).count()).toBe(0);
});

it('works at the path of PUBLIC_URL', async () => {
  const page = await dashboard.open('/icon.svg');
  const origin = new URL(page.url()).origin;
  const elsewhere: string[] = [];
  // A proxy that strips the path, and a service that writes it into the page.
  await page.route(`${origin}/**`, async (route) => {
    const url = route.request().url();
    if (!url.startsWith(`${origin}/tankobon/`)) elsewhere.push(url);
    const response = await route.fetch({ url: url.replace('/tankobon/', '/') });
    if (!response.headers()['content-type']?.startsWith('text/html')) return route.fulfill({ response });
    const html = (await response.text()).replaceAll('"/dashboard/', '"/tankobon/dashboard/');
    return route.fulfill({ response, body: html });
  });
  await page.goto(`${origin}/tankobon/dashboard/users`);
  await page.getByLabel('Username or e-mail address').fill('admin');
  await page.getByRole('textbox', { name: 'Password' }).fill(dashboard.admin.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
  expect(page.url()).toBe(`${origin}/tankobon/dashboard/users`);
  expect(elsewhere).toEqual([]);
});

it('shows long titles in two lines on a narrow screen, and then an ellipsis', async () => {
  const name = `role ${'of moderators '.repeat(3)}${Date.now() % 1_000}`;
  const { id } = await dashboard.call<{ id: number }>(dashboard.admin, 'POST', '/admin/roles', {
    name,
    permissions: [],
  });
  const viewport = { width: 390, height: 844 };
  const page = await dashboard.openAs(dashboard.admin, '/roles', { viewport });
  const heading = page.getByRole('heading', { level: 1 });
  const isCut = () => heading.evaluate(({ clientHeight, scrollHeight }) => scrollHeight > clientHeight);
  await expect.poll(() => heading.textContent()).toBe('Roles and permissions');
  expect(await isCut()).toBe(false);
  await page.goto(`${page.url()}/${id}`);
  await expect.poll(() => heading.getAttribute('title')).toContain(name);
  expect(await isCut()).toBe(true);
  // An inline block would be cut as a whole, without an ellipsis.
  expect(await heading.evaluate((element) => getComputedStyle(element.firstElementChild!).display)).toBe(
    'inline',
  );
});

it('loads the new version when files of the former one are gone after an upgrade', async () => {
  // The failed load is an error for the browser, too, which other pages must not have.
  const context = await dashboard.browser.newContext({ locale: 'en-GB' });
  try {
    const page = await context.newPage();
    await page.goto((await dashboard.open('/icon.svg')).url());
    const { username, password } = dashboard.admin;
    await page.request.post(new URL('/auth/login', page.url()).href, { data: { username, password } });
    await page.goto(page.url().replace('/icon.svg', '/users'));
    await page.getByRole('row', { name: 'admin' }).first().waitFor();
    let missing = 0;
    await page.route('**/assets/role-list-*.js', (route) => {
      missing += 1;
      return missing === 1 ? route.fulfill({ status: 404 }) : route.continue();
    });
    await page.getByRole('link', { name: 'Roles and permissions' }).click();
    await page.getByRole('columnheader', { name: 'See users and statistics' }).waitFor();
    expect(missing).toBeGreaterThan(1);
  } finally {
    await context.close();
  }
});
