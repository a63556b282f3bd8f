import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest';
import { CHROMIUM } from '../support/chromium.js';

if (CHROMIUM === undefined) throw new Error('The tests of the dashboard need Chromium');

const { url: SERVICE, password: PASSWORD } = inject('dashboard');

/** A folder for screenshots of each page at two widths in both themes, to be looked at; none without it. */
const SCREENSHOTS = process.env['SCREENSHOTS'];
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 390, height: 844 };
/** The narrowest and the widest window that pages must fit. */
const EXTREMES = [360, 2560];
/** How each page is inspected: colours depend on the theme, and the structure on the width. */
const INSPECTED = [
  { theme: 'light', size: WIDE },
  { theme: 'dark', size: NARROW },
] as const;
const OTHERS = [
  { theme: 'dark', size: WIDE },
  { theme: 'light', size: NARROW },
] as const;

export interface Account {
  readonly id: string;
  readonly username: string;
  readonly password: string;
  readonly token: string;
}

/** Faults that no page may have, collected while the tests run. */
const faults: string[] = [];

/** The browser of a test file, and accounts of the service. After each test, no page may have had a fault. */
export class Dashboard {
  private readonly contexts: BrowserContext[] = [];
  private accounts = 0;
  browser!: Browser;
  admin!: Account;

  static forFile(): Dashboard {
    const dashboard = new Dashboard();
    beforeAll(async () => {
      dashboard.browser = await chromium.launch({
        executablePath: CHROMIUM as string,
        args: ['--no-sandbox'],
      });
    });
    // An access token is valid for ten minutes.
    beforeEach(async () => {
      dashboard.admin = await dashboard.session('admin', PASSWORD);
    });
    afterEach(async () => {
      for (const context of dashboard.contexts.splice(0)) {
        // Requests that a test answers itself may still be under way.
        for (const page of context.pages()) await page.unrouteAll({ behavior: 'ignoreErrors' });
        await context.close();
      }
      expect(faults.splice(0)).toEqual([]);
    });
    afterAll(async () => dashboard.browser.close());
    return dashboard;
  }

  /** Opens a page in a browser profile of its own. */
  async open(path: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: WIDE,
      locale: 'en-GB',
      ...options,
    });
    this.contexts.push(context);
    context.setDefaultTimeout(120_000);
    const page = await context.newPage();
    collectFaults(page);
    await page.goto(`${SERVICE}/dashboard${path}`);
    return page;
  }

  /** Opens a page as a user, who is signed in already. */
  async openAs(
    user: Account,
    path: string,
    options: Parameters<Browser['newContext']>[0] = {},
  ): Promise<Page> {
    const page = await this.open('/icon.svg', options);
    const answer = await page.request.post(`${SERVICE}/auth/login`, {
      data: { username: user.username, password: user.password },
    });
    expect(answer.status()).toBe(200);
    await page.goto(`${SERVICE}/dashboard${path}`);
    return page;
  }

  /** Calls the service as a user. @returns the body of the answer */
  async call<T = unknown>(user: Account | null, method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(SERVICE + path, {
      method,
      headers: {
        ...(user === null ? {} : { authorization: `Bearer ${user.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answers ${answer.status}: ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  }

  /** Sends a form with a file as a user. @returns the body of the answer */
  async upload<T>(user: Account, path: string, body: FormData): Promise<T> {
    const headers = { authorization: `Bearer ${user.token}` };
    const answer = await fetch(SERVICE + path, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`POST ${path} answers ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** A new account with a role that has the permissions. */
  async user(permissions: readonly string[] = []): Promise<Account> {
    const username = `reader${process.pid}-${++this.accounts}`.slice(-20);
    const user = await this.register(username, { email: `${username}@example.com` });
    if (permissions.length > 0) {
      const name = `role of ${username}`;
      await this.call(this.admin, 'POST', '/admin/roles', { name, permissions });
      await this.call(this.admin, 'PATCH', `/admin/users/${user.id}`, { roles: ['user', name] });
    }
    return user;
  }

  /** Registers an account, for example with an invitation. */
  async register(username: string, fields: Record<string, unknown> = {}): Promise<Account> {
    await this.call(null, 'POST', '/auth/register', { username, password: PASSWORD, ...fields });
    return this.session(username, PASSWORD);
  }

  async session(username: string, password: string): Promise<Account> {
    const { user, accessToken } = await this.call<{ user: { id: string }; accessToken: string }>(
      null,
      'POST',
      '/auth/login',
      { username, password },
    );
    return { id: user.id, username, password, token: accessToken };
  }
}

/** Errors of the console, violations of the content security policy, requests to other hosts, and missing texts. */
function collectFaults(page: Page): void {
  const isOwn = (url: string) => url.startsWith(`${SERVICE}/`);
  page.on('console', (message) => {
    const text = message.text();
    // A refusal that the page explains is an error for the browser, too. Pages of a provider are its own.
    if (message.type() === 'error' && isOwn(page.url()) && !/status of (4\d\d|503)/.test(text))
      faults.push(text);
    if (/Missing translation/.test(text)) faults.push(text);
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => {
    // Opening a provider's page is no request of the dashboard.
    if (request.isNavigationRequest() || isOwn(request.url()) || /^(data|blob):/.test(request.url())) return;
    if (isOwn(request.frame().url())) faults.push(`A request to another host: ${request.url()}`);
  });
}

/** Waits until a page shows its heading and has loaded its data. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main').waitFor();
  await page.waitForLoadState('networkidle');
  await expect.poll(() => page.locator('main [role="progressbar"], main .RaLoading-root').count()).toBe(0);
}

/**
 * Checks in both themes that axe finds nothing serious on a page, and that it is not wider than the screen. Takes
 * screenshots if they are wanted.
 */
export async function inspect(page: Page, name: string): Promise<void> {
  await settled(page);
  for (const { theme, size } of INSPECTED) {
    await show(page, theme, size);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    const found = grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    expect(found, `${name}, ${theme}, ${size.width} pixels`).toEqual([]);
    await expectToFit(page, name);
    await takeScreenshot(page, `${name}-${size.width}-${theme}`);
  }
  for (const { theme, size } of SCREENSHOTS === undefined ? [] : OTHERS) {
    await show(page, theme, size);
    await takeScreenshot(page, `${name}-${size.width}-${theme}`);
  }
  for (const width of EXTREMES) {
    await page.setViewportSize({ width, height: 900 });
    await expectToFit(page, name);
  }
  await show(page, 'light', WIDE);
}

async function expectToFit(page: Page, name: string): Promise<void> {
  const overflow = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  expect(overflow, `${name}: pixels beyond ${page.viewportSize()?.width}`).toBe(0);
}

/** Switches the preferred theme and the size of the window, and waits until the page is drawn. */
async function show(page: Page, theme: 'light' | 'dark', size: typeof WIDE): Promise<void> {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
  await page.setViewportSize(size);
  await expect.poll(() => page.evaluate('getComputedStyle(document.body).colorScheme')).toBe(theme);
  await page.evaluate(
    'Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {})))',
  );
}

async function takeScreenshot(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS === undefined) return;
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true, animations: 'disabled' });
}
