import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Transactions } from '../database/transactions.js';
import { type Mail, Mailer } from '../mail/mail.js';
import { Queue } from '../queue/queue.js';
import { defineTask } from '../queue/task.js';
import type { LinkPurpose } from './account-link.entity.js';
import { AccountLinkRepository } from './account-link.repository.js';
import { type LinkToken, newLinkToken } from './link-token.js';
import { LinkUrls } from './link-urls.js';
import { mailText } from './mail-texts.js';

/** Seconds for which links in mails work. */
const LIFETIMES: Record<LinkPurpose, number> = { 'password-reset': 3_600, 'email-verification': 24 * 3_600 };
/** Seconds for which the links of administrators work. */
const ADMINISTRATOR_LINK_LIFETIME = 24 * 3_600;

/** A mail with a link. Its secret is made when it is sent, so that the queue holds none. */
const LINK_MAIL = defineTask<{ userId: string; purpose: LinkPurpose; client: number | null }>('link-mail');
/** A mail to the former address after a change, without a link. */
const EMAIL_CHANGED_MAIL = defineTask<{ userId: string; to: string }>('email-changed-mail');

/** Links that let users into their accounts, and the mails that carry them. */
@Injectable()
export class AccountLinks implements OnModuleInit {
  constructor(
    private readonly links: AccountLinkRepository,
    private readonly urls: LinkUrls,
    private readonly queue: Queue,
    private readonly mailer: Mailer,
    private readonly transactions: Transactions,
  ) {}

  onModuleInit(): void {
    this.queue.handle(LINK_MAIL, ({ userId, purpose, client }) => this.sendLink(userId, purpose, client));
    this.queue.handle(EMAIL_CHANGED_MAIL, ({ userId, to }) => this.sendChange(userId, to));
  }

  /**
   * Queues a mail with a link to the user's address, in the open transaction.
   *
   * @param client the client whose frontend the link opens; null for the dashboard
   */
  async mail(userId: string, purpose: LinkPurpose, client: number | null): Promise<void> {
    await this.queue.add(LINK_MAIL, { userId, purpose, client }, userId);
  }

  /** Ends the links of a user whose address changes, and queues a mail to the former one, in the open transaction. */
  async addressChanged(userId: string, former: string | null): Promise<void> {
    await this.links.end(userId);
    if (former !== null) await this.queue.add(EMAIL_CHANGED_MAIL, { userId, to: former }, userId);
  }

  /** Creates a link to a new password that an administrator passes on. */
  async issueForAdministrator(userId: string): Promise<{ url: string; expires: Date }> {
    const { token, hash } = newLinkToken(userId);
    const link = { userId, purpose: 'password-reset', hash, email: null } as const;
    const expires = await this.links.issue({ ...link, lifetime: ADMINISTRATOR_LINK_LIFETIME });
    return { url: this.urls.of('password-reset', token), expires };
  }

  /** Whether a link could be used now. It is not used up by this. */
  async isValid(token: LinkToken, purpose: LinkPurpose): Promise<boolean> {
    return this.links.isValid(token, purpose);
  }

  /**
   * Uses a link up, in the open transaction.
   *
   * @returns the address that it was sent to, or null if an administrator passed it on; undefined if it is not valid
   */
  async use(token: LinkToken, purpose: LinkPurpose): Promise<{ email: string | null } | undefined> {
    return this.links.use(token, purpose);
  }

  /** Ends all links of a user, in the open transaction. */
  async end(userId: string): Promise<void> {
    await this.links.end(userId);
  }

  /** Deletes the queued mails of a user, in the open transaction. */
  async removeMails(userId: string): Promise<void> {
    await this.queue.removeOf(userId);
  }

  private async sendLink(userId: string, purpose: LinkPurpose, client: number | null): Promise<void> {
    const mail = await this.transactions.run(() => this.issueMail(userId, purpose, client));
    if (mail !== null) await this.mailer.send(mail);
  }

  /** Creates a link and its mail; null if the user is gone or has no address any more. */
  private async issueMail(userId: string, purpose: LinkPurpose, client: number | null): Promise<Mail | null> {
    const recipient = await this.links.findRecipient(userId, client);
    if (recipient === undefined || recipient.email === null) return null;
    const { username, email, language, frontend } = recipient;
    const { token, hash } = newLinkToken(userId);
    await this.links.issue({ userId, purpose, hash, email, lifetime: LIFETIMES[purpose] });
    return {
      to: email,
      ...mailText(purpose, language, { username, url: this.urls.of(purpose, token, frontend) }),
    };
  }

  private async sendChange(userId: string, to: string): Promise<void> {
    const recipient = await this.links.findRecipient(userId, null);
    if (recipient === undefined) return;
    const { username, language } = recipient;
    await this.mailer.send({ to, ...mailText('email-changed', language, { username, url: '' }) });
  }
}
