import { countersBy } from '../metrics.js';
import { type Mail, Mailer } from './mail.js';

const messages = countersBy({
  name: 'mail_messages_total',
  help: 'Attempts of this node to send a message: sent, or failed (most are repeated by the queue)',
  label: 'outcome',
  values: ['sent', 'failed'],
});

/** Counts the messages of a mailer. */
export class MeasuredMailer extends Mailer {
  constructor(private readonly mailer: Mailer) {
    super();
  }

  async send(mail: Mail): Promise<void> {
    try {
      await this.mailer.send(mail);
      messages.inc({ outcome: 'sent' });
    } catch (error) {
      messages.inc({ outcome: 'failed' });
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.mailer.close();
  }
}
