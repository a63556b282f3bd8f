import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import type { SMTPServerOptions } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileMailer } from '../../src/mail/file-mailer.js';
import { Mailer } from '../../src/mail/mail.js';
import { Queue } from '../../src/queue/queue.js';
import { defineTask } from '../../src/queue/task.js';
import { startApp, type TestApp } from '../support/app.js';
import { jobsIn, makeJobsDue } from '../support/queue.js';
import { MailServer } from '../support/smtp.js';

const TO = 'haruka@example.com';
const SEND = defineTask<{ to: string }>('test-mail');

/** An app that sends through a server with these options, and the server. */
async function withServer(
  options: SMTPServerOptions,
  work: (app: TestApp, server: MailServer) => Promise<void>,
): Promise<void> {
  const server = await MailServer.start(options);
  const app = await startApp({ SMTP_URL: server.url, MAIL_FROM: 'Tankobon <no-reply@example.org>' });
  app.nest
    .get(Queue)
    .handle(SEND, ({ to }) => app.nest.get(Mailer).send({ to, subject: 'Grüße 本', text: 'Ä line\n– 本' }));
  try {
    await work(app, server);
  } finally {
    await app.close();
    await server.close();
  }
}

describe('SmtpMailer', () => {
  it('sends a message in plain text to one recipient', async () => {
    await withServer({}, async (app, server) => {
      await app.nest.get(Queue).add(SEND, { to: TO });
      await expect.poll(() => server.received).toHaveLength(1);
      expect(server.received[0]).toMatchObject({
        from: { text: '"Tankobon" <no-reply@example.org>' },
        to: { text: TO },
        subject: 'Grüße 本',
        text: 'Ä line\n– 本\n',
        html: false,
      });
      await expect.poll(() => jobsIn(app.database)).toEqual([]);
    });
  });

  it('keeps a message while the server is down, and sends it once when the server is back', async () => {
    await withServer({}, async (app, server) => {
      await server.close();
      await app.nest.get(Queue).add(SEND, { to: TO });
      await expect.poll(() => jobsIn(app.database)).toMatchObject([{ attempts: 1, error: 'ESOCKET' }]);
      await makeJobsDue(app.database);
      await expect.poll(() => jobsIn(app.database)).toMatchObject([{ attempts: 2, failed: false }]);
      await server.open();
      await makeJobsDue(app.database);
      await expect.poll(() => server.received).toHaveLength(1);
      await expect.poll(() => jobsIn(app.database)).toEqual([]);
    });
  });

  it('repeats a message that is refused for now (4yz), and gives up a recipient that is refused for good (5yz)', async () => {
    let refusals = 1;
    const options: SMTPServerOptions = {
      onRcptTo: ({ address }, _session, callback) => {
        if (address === 'nobody@example.com')
          callback(Object.assign(new Error('unknown'), { responseCode: 550 }));
        else if (refusals-- > 0) callback(Object.assign(new Error('later'), { responseCode: 451 }));
        else callback();
      },
    };
    await withServer(options, async (app, server) => {
      await app.nest.get(Queue).add(SEND, { to: TO });
      await expect.poll(() => jobsIn(app.database)).toMatchObject([{ attempts: 1, failed: false }]);
      await makeJobsDue(app.database);
      await expect.poll(() => server.received).toHaveLength(1);
      await app.nest.get(Queue).add(SEND, { to: 'nobody@example.com' });
      await expect.poll(() => jobsIn(app.database)).toMatchObject([{ attempts: 1, failed: true }]);
      expect(server.received).toHaveLength(1);
    });
  });

  it('serves requests and other messages while the server is slow', async () => {
    const waiting: (() => void)[] = [];
    const options: SMTPServerOptions = {
      onConnect: (_session, callback) => {
        if (waiting.length === 0) waiting.push(callback);
        else callback();
      },
    };
    await withServer(options, async (app, server) => {
      await app.nest.get(Queue).add(SEND, { to: 'slow@example.com' });
      await expect.poll(() => waiting).toHaveLength(1);
      await app.nest.get(Queue).add(SEND, { to: TO });
      await expect.poll(() => server.to(TO)).toHaveLength(1);
      expect((await app.client.get('/health/ready')).status).toBe(200);
      expect(await jobsIn(app.database)).toMatchObject([{ attempts: 1 }]);
      waiting[0]?.();
      await expect.poll(() => server.to('slow@example.com')).toHaveLength(1);
    });
  });

  it.each<[string, SMTPServerOptions]>([
    ['smtps', { secure: true }],
    ['STARTTLS', { disabledCommands: ['AUTH'] }],
  ])('sends nothing to a server whose certificate is not trusted, with %s', async (_, options) => {
    await withServer(options, async (app, server) => {
      await app.nest.get(Queue).add(SEND, { to: TO });
      await expect
        .poll(() => jobsIn(app.database))
        .toMatchObject([{ attempts: 1, failed: false, error: expect.stringMatching(/CERT|ESOCKET|TLS/) }]);
      expect(server.connections).toBeGreaterThan(0);
      expect(server.received).toEqual([]);
    });
  });
});

describe('FileMailer', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tankobon-mail-'));
    await chmod(folder, 0o700);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('writes messages to files that only the owner can read, and removes them after seven days', async () => {
    const mails = join(folder, 'mail');
    const mailer = new FileMailer(mails, 'no-reply@localhost');
    await mailer.send({ to: TO, subject: 'Grüße', text: 'https://example.com/#token=abc=' });
    const [name = ''] = await readdir(mails);
    expect(name).toMatch(/^[\dT.-]+Z-[0-9a-f]{8}\.eml$/);
    expect((await stat(join(mails, name))).mode & 0o777).toBe(0o600);
    expect(await simpleParser(await readFile(join(mails, name)))).toMatchObject({
      to: { text: TO },
      subject: 'Grüße',
      text: 'https://example.com/#token=abc=\n',
    });
    await writeFile(join(mails, 'other.txt'), '');
    const days = (count: number) => new Date(Date.now() - count * 24 * 60 * 60_000);
    await utimes(join(mails, name), days(6.9), days(6.9));
    await utimes(join(mails, 'other.txt'), days(9), days(9));
    await mailer.removeOld();
    expect(await readdir(mails)).toHaveLength(2);
    await utimes(join(mails, name), days(7.1), days(7.1));
    await mailer.removeOld();
    expect(await readdir(mails)).toEqual(['other.txt']);
    await mailer.close();
  });
});
