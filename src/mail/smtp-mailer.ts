import { createTransport, type Transporter } from 'nodemailer';
import { PermanentFailure } from '../queue/task.js';
import { type Mail, Mailer } from './mail.js';
import { messageOf } from './message.js';

/** Milliseconds. All of them together stay below the lease of a job, which is extended anyway. */
const TIMEOUTS = {
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  socketTimeout: 20_000,
  dnsTimeout: 10_000,
};

/** Sends messages through an SMTP server. Certificates are verified, with `smtps:` and after STARTTLS. */
export class SmtpMailer extends Mailer {
  private readonly transport: Transporter;

  /** @param url `smtp://` or `smtps://` with host, and optionally port, user and password */
  constructor(
    url: string,
    private readonly from: string,
  ) {
    super();
    this.transport = createTransport({ url, ...TIMEOUTS });
  }

  async send(mail: Mail): Promise<void> {
    try {
      await this.transport.sendMail(messageOf(mail, this.from));
    } catch (error) {
      if (isRefusedRecipient(error)) throw new PermanentFailure('Recipient refused', { cause: error });
      throw error;
    }
  }

  close(): Promise<void> {
    this.transport.close();
    return Promise.resolve();
  }
}

/** Whether the server refuses this recipient for good (5yz). Other failures may end, such as a wrong configuration. */
function isRefusedRecipient(error: unknown): boolean {
  const { code, command, responseCode } = error as { code?: string; command?: string; responseCode?: number };
  return code === 'EENVELOPE' && command === 'RCPT TO' && (responseCode ?? 0) >= 500;
}
