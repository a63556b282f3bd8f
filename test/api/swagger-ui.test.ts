import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { CHROMIUM } from '../support/chromium.js';
import type { TestUser } from '../support/builders.js';
import { operations } from '../support/document.js';
import { freePort } from '../support/service.js';

if (CHROMIUM === undefined) throw new Error('The tests of Swagger UI need Chromium');

describe('Swagger UI', () => {
  let app: TestApp;
  let browser: Browser;
  let page: Page;
  let admin: TestUser;
  let url: string;
  const foreignRequests: string[] = [];
  const consoleErrors: string[] = [];

  beforeAll(async () => {
    const port = await freePort();
    url = `http://localhost:${port}`;
    app = await startApp({ PORT: String(port) });
    await app.nest.listen(port, 'localhost');
    expect((app.nest.getHttpServer().address() as AddressInfo).port).toBe(port);
    admin = await app.a.administrator();
    browser = await chromium.launch({ executablePath: CHROMIUM as string, args: ['--no-sandbox'] });
    page = await browser.newPage();
    page.setDefaultTimeout(120_000);
    page.setDefaultNavigationTimeout(120_000);
    page.on('request', (request) => {
      if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url()))
        foreignRequests.push(request.url());
    });
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of 4\d\d/.test(message.text()))
        consoleErrors.push(message.text());
    });
    page.on('pageerror', (error) => consoleErrors.push(String(error)));
    await page.goto(`${url}/docs`);
    await page.locator('.opblock-tag').first().waitFor();
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  function tagOf(operationId: string): Locator {
    const { tags } = operations.find((operation) => operation.operationId === operationId) ?? {};
    return page.locator(`.opblock-tag[data-tag="${tags?.[0]}"]`);
  }

  /** An operation, whose tag is opened if it is not. */
  async function blockOf(operationId: string): Promise<Locator> {
    const block = page.locator(`[id$="-${operationId}"]`);
    if ((await block.count()) === 0) await tagOf(operationId).click();
    return block;
  }

  /** Opens an operation, fills in its fields, executes it and closes its tag. @returns status and body of the response */
  async function run(operationId: string, fill: (block: Locator) => Promise<void> = () => Promise.resolve()) {
    const block = await blockOf(operationId);
    if (!(await block.evaluate((element) => element.classList.contains('is-open'))))
      await block.locator('.opblock-summary-control').click();
    await block.locator('.execute').waitFor();
    await fill(block);
    const [response] = await Promise.all([
      page.waitForResponse((candidate) => !candidate.url().startsWith(`${url}/docs`)),
      block.locator('.execute').click(),
    ]);
    const status = block.locator('.live-responses-table tr.response .response-col_status').first();
    await expect.poll(() => status.textContent()).toContain(String(response.status()));
    const answer = {
      status: Number.parseInt((await status.textContent()) ?? '', 10),
      text:
        (await block
          .locator('.live-responses-table tr.response .response-col_description')
          .first()
          .textContent()) ?? '',
    };
    // The page draws every open operation again at each change.
    await tagOf(operationId).click();
    return answer;
  }
  const parameter = (block: Locator, name: string) => block.locator(`tr[data-param-name="${name}"] input`);

  it('lists the operations under their tags', async () => {
    const tags = Object.keys(Object.groupBy(operations, ({ tags: [tag = ''] }) => tag));
    expect(tags.length).toBeGreaterThan(20);
    expect(await page.locator('.opblock-tag').count()).toBe(tags.length);
    await blockOf('readingHistoryList');
    const shown = operations.filter((operation) => operation.tags[0] === 'Reading history');
    await expect.poll(() => page.locator('.opblock').count()).toBe(shown.length);
    await tagOf('readingHistoryList').click();
  });

  it('signs in by cookie and calls operations of families A, B, C and D', async () => {
    const signIn = await run('authLogin', async (block) => {
      await block
        .locator('textarea')
        .fill(JSON.stringify({ username: admin.username, password: admin.password }));
    });
    expect(signIn.status).toBe(200);
    const { accessToken } = JSON.parse(
      /\{[\s\S]*?"accessToken": "[^"]+"/.exec(signIn.text)?.[0].concat('}') ?? '{}',
    ) as { accessToken: string };
    expect(accessToken).toMatch(/^ey/);
    // The browser sends the cookie of that response with the next requests.
    const me = await run('authMe');
    expect(me).toMatchObject({ status: 200, text: expect.stringContaining(admin.username) });
    const added = await run('settingsSave', async (block) => {
      await parameter(block, 'id').fill(admin.id);
      await block.locator('textarea').fill(JSON.stringify({ theme: 'dark' }));
    });
    expect(added).toMatchObject({ status: 200, text: expect.stringContaining('successfully') });

    const folder = await mkdtemp(join(tmpdir(), 'tankobon-page-'));
    const file = join(folder, 'me.png');
    await writeFile(
      file,
      await sharp({ create: { width: 60, height: 40, channels: 3, background: 'teal' } })
        .png()
        .toBuffer(),
    );
    const avatar = await run('avatarsCreate', async (block) => {
      await parameter(block, 'id').fill(admin.id);
      await block.locator('input[type="file"]').setInputFiles(file);
    });
    expect(avatar).toMatchObject({ status: 201, text: expect.stringContaining('290x290') });
    await rm(folder, { recursive: true });

    const refused = await run('deleteUserPhoto', async (block) => {
      await parameter(block, 'userId').fill(admin.id);
      await parameter(block, 'photoId').fill('1');
    });
    expect(refused).toMatchObject({ status: 401, text: expect.stringContaining('"Response": "Error"') });

    // Family B accepts Bearer tokens only.
    expect((await run('usersGetCurrent')).status).toBe(401);
    await page.locator('.btn.authorize').first().click();
    const dialog = page.locator('.dialog-ux');
    await dialog.locator('.auth-container', { hasText: 'bearer' }).locator('input').fill(accessToken);
    await dialog.locator('.auth-container', { hasText: 'bearer' }).locator('button.authorize').click();
    await dialog.locator('.close-modal').click();
    expect(await run('usersGetCurrent')).toMatchObject({
      status: 200,
      text: expect.stringContaining(admin.username),
    });
    expect(await run('adminUsersList')).toMatchObject({
      status: 200,
      text: expect.stringContaining('"total"'),
    });
    expect(await run('seriesList')).toMatchObject({ status: 200, text: expect.stringContaining('"series"') });
  });

  it('changes no data and rotates no key when the prefilled examples of an update and a key rotation are executed', async () => {
    expect(await run('usersUpdateCurrent')).toMatchObject({
      status: 200,
      text: expect.stringContaining(admin.username),
    });
    expect((await run('clientsRotateKey')).status).toBe(404);
  });

  it('shows a confirmation dialog before it deletes the account that is signed in', async () => {
    const sent: string[] = [];
    page.on('request', (request) => sent.push(request.method()));
    const dismissed = page.waitForEvent('dialog').then((dialog) => dialog.dismiss());
    const block = await blockOf('usersDeleteCurrent');
    await block.locator('.opblock-summary-control').click();
    await block.locator('.execute').click();
    await dismissed;
    expect(sent).not.toContain('DELETE');
    page.once('dialog', (dialog) => void dialog.accept());
    expect((await run('usersDeleteCurrent')).status).toBe(409);
    expect(sent.filter((method) => method === 'DELETE')).toHaveLength(1);
  });

  it('loads nothing from other hosts and logs no error, such as a violation of its content security policy', async () => {
    expect(foreignRequests).toEqual([]);
    expect(consoleErrors).toEqual([]);
    if (process.env['SCREENSHOT'] !== undefined) await page.screenshot({ path: process.env['SCREENSHOT'] });
  });
});
