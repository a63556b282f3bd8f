import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { type Account, Dashboard, inspect } from './dashboard.js';

const dashboard = Dashboard.forFile();

/** A page as the source of the dashboard declares it. */
type DeclaredPage =
  | { readonly kind: 'page'; readonly path: string }
  | { readonly kind: 'resource'; readonly name: string; readonly views: Readonly<Record<string, unknown>> };

// A name that the compiler does not follow: the dashboard is compiled with other options.
const DECLARATION: string = '../../dashboard/src/pages.js';
const VIEWS = { list: '', show: '/:id/show', create: '/create', edit: '/:id' };

/** The paths of all pages that the dashboard declares. */
async function declaredPaths(): Promise<string[]> {
  const { PAGES: declared } = (await import(DECLARATION)) as { PAGES: readonly DeclaredPage[] };
  return declared.flatMap((page) =>
    page.kind === 'page'
      ? [page.path]
      : Object.entries(VIEWS).flatMap(([view, path]) => (page.views[view] ? [`/${page.name}${path}`] : [])),
  );
}

/** Every page of a signed-in user: its name in screenshots, its path and its heading. */
const PAGES: readonly {
  readonly name: string;
  readonly path: (reader: Account) => string;
  readonly heading: string | RegExp;
}[] = [
  { name: 'overview', path: () => '/overview', heading: 'Overview' },
  { name: 'users', path: () => '/users', heading: 'Users' },
  { name: 'user', path: ({ id }) => `/users/${id}/show`, heading: /^reader/ },
  { name: 'user-edit', path: ({ id }) => `/users/${id}`, heading: /^Change / },
  { name: 'roles', path: () => '/roles', heading: 'Roles and permissions' },
  { name: 'role-create', path: () => '/roles/create', heading: /^Create / },
  { name: 'role-edit', path: () => '/roles/1', heading: /^Change / },
  { name: 'invitations', path: () => '/invitations', heading: 'Invitations' },
  { name: 'invitation-create', path: () => '/invitations/create', heading: /^Create / },
  { name: 'clients', path: () => '/clients', heading: 'Clients' },
  { name: 'client-create', path: () => '/clients/create', heading: /^Create / },
  { name: 'client-edit', path: () => '/clients/1', heading: /^Change / },
  { name: 'images', path: () => '/images', heading: 'Pictures' },
  { name: 'series', path: () => '/series', heading: 'Series' },
  { name: 'series-show', path: () => '/series/1/show', heading: 'One Piece' },
  { name: 'catalog-import', path: () => '/catalog-import', heading: 'Import a catalog' },
  { name: 'audit-log', path: () => '/audit-log', heading: 'Audit log' },
  { name: 'profile', path: () => '/account/profile', heading: 'Profile' },
  { name: 'security', path: () => '/account/security', heading: 'Sign-in and security' },
  { name: 'tokens', path: () => '/account/tokens', heading: 'Personal tokens' },
];

/** Pages without a sign-in. */
const PUBLIC = [
  { name: 'sign-in', path: '/login', heading: 'Sign in' },
  { name: 'sign-in-failed', path: '/login#error=denied', heading: 'Sign in' },
  { name: 'forgot-password', path: '/forgot-password', heading: 'Forgot your password?' },
  { name: 'reset-password', path: '/reset-password#token=x', heading: 'Choose a new password' },
  { name: 'reset-password-incomplete', path: '/reset-password', heading: 'Choose a new password' },
  { name: 'verify-email', path: '/verify-email#token=x', heading: 'Confirm your address' },
  { name: 'register', path: '/register#invitation=x', heading: 'Create an account' },
];

const headingOf = (page: Page, name: string | RegExp) =>
  page.getByRole('heading', { level: 1, name, exact: true });

it.each(PUBLIC)('$name is accessible and fits the screen', async ({ name, path, heading }) => {
  const page = await dashboard.open(path);
  await headingOf(page, heading).waitFor();
  await inspect(page, name);
});

it('inspects every page that the dashboard declares', async () => {
  const inspected = PAGES.map(({ path }) => path({ id: ':id' } as Account).replace(/\/\d+(?=\/|$)/, '/:id'));
  expect(inspected.toSorted()).toEqual((await declaredPaths()).toSorted());
});

it('the pages of administrators are accessible and fit the screen', async () => {
  const reader = await dashboard.user();
  const page = await dashboard.openAs(dashboard.admin, '/');
  for (const { name, path, heading } of PAGES) {
    await page.goto(new URL(`/dashboard${path(reader)}`, page.url()).href);
    await headingOf(page, heading).waitFor();
    await inspect(page, name);
  }
});

it('a moderator with one permission sees the pages of that permission only', async () => {
  const moderator = await dashboard.user(['view-users']);
  const page = await dashboard.openAs(moderator, '/');
  await headingOf(page, 'Overview').waitFor();
  const menu = page.getByRole('navigation', { name: 'Main menu' });
  expect(await menu.getByRole('link').allTextContents()).toEqual([
    'Overview',
    'Users',
    'Profile',
    'Sign-in and security',
    'Personal tokens',
  ]);
  await inspect(page, 'moderator');
});
