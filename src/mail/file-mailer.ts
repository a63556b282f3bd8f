import { randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { createDurably, createFolder } from '../durable-files.js';
import { IntervalJob } from '../jobs/interval-job.js';
import { type Mail, Mailer } from './mail.js';
import { messageOf } from './message.js';

/** Milliseconds for which files are kept. */
const KEPT = 7 * 24 * 60 * 60_000;
const CLEANUP_INTERVAL = 60 * 60_000;

/** Writes messages to files, for installations without a mail server: an administrator can pass them on. */
export class FileMailer extends Mailer {
  private readonly logger = new Logger(FileMailer.name);
  private readonly transport = createTransport({ streamTransport: true, buffer: true });
  private readonly cleanup = new IntervalJob(CLEANUP_INTERVAL, () => this.removeOld());

  /** @param folder created with the first message */
  constructor(
    private readonly folder: string,
    private readonly from: string,
  ) {
    super();
    this.cleanup.start();
  }

  async send(mail: Mail): Promise<void> {
    const { message } = await this.transport.sendMail(messageOf(mail, this.from));
    const name = `${new Date().toISOString().replaceAll(':', '')}-${randomBytes(4).toString('hex')}.eml`;
    await createFolder(this.folder, 0o700);
    await createDurably(join(this.folder, name), String(message));
    // A warning, because messages of Nest's level `log` are only in the debug log, and nobody receives this message.
    this.logger.warn(`Wrote a message to ${join(this.folder, name)}; set SMTP_URL to send messages`);
    await this.removeOld();
  }

  async close(): Promise<void> {
    await this.cleanup.stop();
  }

  /** Removes files that are older than seven days. */
  async removeOld(): Promise<void> {
    try {
      for (const name of await readdir(this.folder)) {
        const path = join(this.folder, name);
        if (name.endsWith('.eml') && (await stat(path)).mtimeMs < Date.now() - KEPT)
          await rm(path, { force: true });
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') this.logger.warn(`Old messages could not be removed: ${code}`);
    }
  }
}
