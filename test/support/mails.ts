import type { ParsedMail } from 'mailparser';
import { expect, onTestFinished, TestRunner } from 'vitest';
import { startApp, type TestApp } from './app.js';
import type { TestDatabase } from './database.js';
import { MailServer } from './smtp.js';

/** An app that sends its mails to a server of the test. Both are closed at the end of a test that starts them. */
export async function startAppWithMail(
  env: Record<string, string> = {},
  shared?: TestDatabase,
): Promise<{ app: TestApp; mails: MailServer; close: () => Promise<void> }> {
  const mails = await MailServer.start();
  const app = await startApp(
    { SMTP_URL: mails.url, MAIL_FROM: 'Tankobon <no-reply@example.org>', ...env },
    shared,
  );
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= app.close().then(() => mails.close()));
  if (TestRunner.getCurrentTest() !== undefined) onTestFinished(close);
  return { app, mails, close };
}

/** Waits for a number of mails to an address. @returns the newest of them */
export async function mailTo(mails: MailServer, address: string, count = 1): Promise<ParsedMail> {
  await expect.poll(() => mails.to(address)).toHaveLength(count);
  return mails.to(address).at(-1) as ParsedMail;
}

/** The link in a mail, without its token, and the token. */
export function linkIn({ text = '' }: ParsedMail): { page: string; token: string } {
  const [, page = '', token = ''] = /(https?:\S+)#token=(\S+)/.exec(text) ?? [];
  return { page, token };
}

/** Waits until no job is waiting or running, so that no further mail is sent. */
export async function jobsDone(database: TestDatabase): Promise<void> {
  await expect.poll(() => database.query('select from queued_jobs where failed is null')).toEqual([]);
}
