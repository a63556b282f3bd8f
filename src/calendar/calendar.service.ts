import { Injectable, type OnModuleInit } from '@nestjs/common';
import { newLinkToken, readLinkToken } from '../account-links/link-token.js';
import { languageCode, readingLanguage } from '../catalog/languages.js';
import { unknownClient } from '../clients/clients.errors.js';
import { Config } from '../config.js';
import { accountSuspended, unauthorized } from '../http/app-error.js';
import { daysAfter, today } from '../http/dates.js';
import { badRequest, invalid } from '../http/problems.js';
import { RateLimits } from '../limits/rate-limits.js';
import { SettingsService } from '../settings/settings.service.js';
import { CredentialReset } from '../users/credential-reset.js';
import type { CalendarQuery } from './calendar.dto.js';
import { CalendarRepository, type Releases } from './calendar.repository.js';
import { toICalendar } from './icalendar.js';

/** Days of a calendar whose end is not given. */
const DAYS = 366;

/** When volumes of readers' series come out. */
@Injectable()
export class CalendarService implements OnModuleInit {
  constructor(
    private readonly calendars: CalendarRepository,
    private readonly settings: SettingsService,
    private readonly limits: RateLimits,
    private readonly reset: CredentialReset,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.reset.register((userId) => this.calendars.deleteSecret(userId));
  }

  /** The releases of a range of days. @throws unknownClient, invalidParameters if the range ends before it begins */
  async releases(userId: string, query: CalendarQuery): Promise<Releases> {
    return this.releasesFor(userId, await this.contentLanguage(userId), query);
  }

  private async releasesFor(
    userId: string,
    preferred: string,
    { from = today(), to = daysAfter(from, DAYS), client, user_lang }: CalendarQuery,
  ): Promise<Releases> {
    if (from > to) throw badRequest([invalid('to', 'must not be before from')]);
    const releases = await this.calendars.releases({
      userId,
      client: client ?? null,
      from,
      to,
      preferred: languageCode(preferred),
      language: readingLanguage(user_lang),
    });
    if (!releases.clientKnown) throw unknownClient();
    return releases;
  }

  /** Makes the secret of a calendar, which ends the former one. @returns the URL that contains it */
  async createSecret(userId: string): Promise<string> {
    const { token, hash } = newLinkToken(userId);
    await this.calendars.putSecret(userId, hash);
    return `${this.config.publicUrl}/user/calendar.ics?token=${token}`;
  }

  /** Ends the subscriptions to a calendar. */
  async deleteSecret(userId: string): Promise<void> {
    await this.calendars.deleteSecret(userId);
  }

  /** The calendar of a secret as iCalendar. @throws unauthorized, accountSuspended, tooManyRequests */
  async subscribed(token: string | undefined): Promise<string> {
    const secret = readLinkToken(token ?? '');
    const found = secret && (await this.calendars.findSecret(secret.userId, secret.hash));
    if (!found) throw unauthorized();
    if (found.suspended) throw accountSuspended();
    const { userId } = secret;
    await this.limits.spend('calendar', userId);
    const language = await this.contentLanguage(userId);
    const { rows } = await this.releasesFor(userId, language, { user_lang: language });
    return toICalendar(rows, new URL(this.config.publicUrl).host, today());
  }

  private async contentLanguage(userId: string): Promise<string> {
    return (await this.settings.get(userId))['prefered-content-language'];
  }
}
