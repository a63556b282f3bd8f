import { join } from 'node:path';
import { Global, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../config.js';
import { FileMailer } from './file-mailer.js';
import { Mailer } from './mail.js';
import { MeasuredMailer } from './measured-mailer.js';
import { SmtpMailer } from './smtp-mailer.js';

/** Creates the mailer that the configuration selects. */
function createMailer({ smtpUrl, mailFrom, dataDir }: Config): Mailer {
  return new MeasuredMailer(
    smtpUrl === null ? new FileMailer(join(dataDir, 'mail'), mailFrom) : new SmtpMailer(smtpUrl, mailFrom),
  );
}

/** Closes the mailer after the jobs have ended. */
@Injectable()
class MailerShutdown implements OnApplicationShutdown {
  constructor(private readonly mailer: Mailer) {}

  async onApplicationShutdown(): Promise<void> {
    await this.mailer.close();
  }
}

/** Sends mails: see `Mailer`. */
@Global()
@Module({
  providers: [{ provide: Mailer, inject: [Config], useFactory: createMailer }, MailerShutdown],
  exports: [Mailer],
})
export class MailModule {}
