import { expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { codeOf } from '../support/one-time-passwords.js';
import { type Account, Dashboard, inspect } from './dashboard.js';

const dashboard = Dashboard.forFile();

async function signIn(page: Page, user: Account, password = user.password): Promise<void> {
  await page.getByLabel('Username or e-mail address').fill(user.username);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

it('changes the profile, and explains a refusal at its field', async () => {
  const user = await dashboard.user();
  const page = await dashboard.openAs(user, '/account/profile');
  await page.getByLabel('Username').fill('admin');
  await page.getByLabel('Given name').fill('Haruka');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').getByText('Username already taken').waitFor();
  expect(await page.getByLabel('Given name').inputValue()).toBe('Haruka');
  await page.getByLabel('Username').fill(user.username);
  await page.getByLabel('Website').fill('no address');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/must be an? (http|URL)/i).waitFor();
  await page.getByLabel('Website').fill('https://example.org/haruka');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Your profile is saved.').waitFor();
  const { first_name, website } = await dashboard.call<Record<string, string>>(user, 'GET', '/users/current');
  expect([first_name, website]).toEqual(['Haruka', 'https://example.org/haruka']);
});

it('asks for the password where the sign-in is too old, and goes on with what was typed', async () => {
  const user = await dashboard.user();
  const page = await dashboard.openAs(user, '/account/security');
  const proofs: unknown[] = [];
  await page.route('**/users/current', async (route) => {
    if (route.request().method() !== 'PUT') return route.fallback();
    const { current_password: proof } = route.request().postDataJSON() as { current_password?: string };
    proofs.push(proof);
    if (proof === user.password) return route.fallback();
    return route.fulfill({ status: 403, json: { data: 'Sign in again', code: 403 } });
  });
  await page.getByLabel('New password').fill('another correct horse');
  await page.getByRole('button', { name: 'Change the password' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Your current password').fill('wrong password');
  await dialog.getByRole('button', { name: 'Confirm' }).click();
  await dialog.getByRole('alert').waitFor();
  await dialog.getByLabel('Your current password').fill(user.password);
  await dialog.getByRole('button', { name: 'Confirm' }).click();
  await page.getByText('Your password is changed.').waitFor();
  expect(proofs).toEqual([undefined, 'wrong password', user.password]);
  await dashboard.session(user.username, 'another correct horse');
});

it('turns the second factor on, signs in with it, and turns it off', async () => {
  const user = await dashboard.user();
  const page = await dashboard.openAs(user, '/account/security');
  await page.getByRole('button', { name: 'Turn it on' }).click();
  await page.getByRole('img', { name: 'QR code for an authenticator app' }).waitFor();
  await inspect(page, 'two-factor');
  const secret = await page.getByLabel('Key').inputValue();
  await page.getByLabel('Code', { exact: false }).last().fill('000000');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByRole('alert').getByText('Invalid second factor').waitFor();
  await page.getByLabel('Code', { exact: false }).last().fill(codeOf(secret));
  await page.getByRole('button', { name: 'Confirm' }).click();
  const codes = (await page.getByRole('dialog').getByLabel('Recovery codes').last().inputValue()).split('\n');
  expect(codes).toHaveLength(10);
  await inspect(page, 'recovery-codes');
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Turn it off' }).waitFor();

  const other = await dashboard.open('/login');
  await signIn(other, user);
  await other.getByLabel('Code of the second factor').fill('000000');
  await other.getByRole('button', { name: 'Sign in', exact: true }).click();
  await other.getByRole('alert').getByText('Invalid second factor').waitFor();
  await other.getByLabel('Code of the second factor').fill(codes[0] as string);
  await other.getByRole('button', { name: 'Sign in', exact: true }).click();
  await other.getByRole('heading', { level: 1, name: 'Profile' }).waitFor();

  await page.getByRole('button', { name: 'Turn it off' }).click();
  await page
    .getByRole('dialog')
    .getByLabel('Code', { exact: false })
    .fill(codes[1] as string);
  await page.getByRole('dialog').getByRole('button', { name: 'Turn it off' }).click();
  await page.getByRole('button', { name: 'Turn it on' }).waitFor();
});

it('shows a new token once and revokes it', async () => {
  const user = await dashboard.user();
  const page = await dashboard.openAs(user, '/account/tokens');
  await page.getByRole('button', { name: 'Create a token' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name').fill('Reader app');
  await form.getByLabel('Change your ratings').check();
  await form.getByLabel('Last day').fill('2099-12-31');
  await inspect(page, 'token-new');
  await form.getByRole('button', { name: 'Create a token' }).click();
  const token = await page.getByRole('dialog').getByLabel('Your new token').last().inputValue();
  expect(token).toMatch(/^tkp_/);
  expect(
    (
      await fetch(new URL('/user/reading-history', page.url()), {
        headers: { authorization: `Bearer ${token}` },
      })
    ).status,
  ).toBe(200);
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByText('Reader app').waitFor();
  await page.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('You have no tokens.').waitFor();
});

it('ends single sessions and all others', async () => {
  const user = await dashboard.user();
  await dashboard.session(user.username, user.password);
  const page = await dashboard.openAs(user, '/account/security');
  const ends = page.getByRole('button', { name: 'End', exact: true });
  await expect.poll(() => ends.count()).toBe(3);
  await ends.first().click();
  await expect.poll(() => ends.count()).toBe(2);
  await page.getByRole('button', { name: 'End all other sessions' }).click();
  await expect.poll(() => ends.count()).toBe(0);
  await page.getByText('this one').waitFor();
});

it('signs in with a provider, and unlinks only what is not the last way in', async () => {
  const page = await dashboard.open('/account/security');
  await page.getByRole('link', { name: 'Sign in with Example' }).click();
  await page.locator('[name="login"]').fill(`person${process.pid}`);
  await page.locator('[name="password"]').fill('x');
  await page.locator('button[type="submit"]').click();
  await page.locator('button[type="submit"]').click();
  await page.getByRole('heading', { level: 1, name: 'Sign-in and security' }).waitFor();
  await page.getByRole('button', { name: 'Unlink' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Unlink' }).click();
  await page.getByRole('alert').getByText('Last way to sign in').waitFor();
});

it('explains a sign-in that was cancelled at the provider', async () => {
  const page = await dashboard.open('/login');
  await page.getByRole('link', { name: 'Sign in with Example' }).click();
  await page.getByText('Cancel').click();
  await page.getByRole('alert').getByText('You have cancelled the sign-in at the provider.').waitFor();
});

it('links a provider to an account', async () => {
  const user = await dashboard.user();
  const page = await dashboard.openAs(user, '/account/security');
  await page.getByRole('button', { name: 'Link Example' }).click();
  await page.locator('[name="login"]').fill(`linked${process.pid}`);
  await page.locator('[name="password"]').fill('x');
  await page.locator('button[type="submit"]').click();
  await page.locator('button[type="submit"]').click();
  await page.getByRole('button', { name: 'Unlink' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Unlink' }).click();
  await page.getByText('The identity is unlinked.').waitFor();
});
