import { Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { isBaseLink } from '../http/link.js';

/** The pages that links open, on the frontend of a client or on the dashboard. */
const PAGES = {
  'password-reset': 'reset-password#token',
  'email-verification': 'verify-email#token',
  invitation: 'register#invitation',
};

/** Builds links. The token is in the fragment, which browsers do not send: it reaches no log and no `Referer`. */
@Injectable()
export class LinkUrls {
  constructor(private readonly config: Config) {}

  /**
   * A link to the service's dashboard if `frontend` is null, or not a URL below which a page can be: earlier releases
   * accepted clients with such a URL.
   *
   * @param frontend the URL of the client that the link belongs to
   */
  of(page: keyof typeof PAGES, token: string, frontend: string | null = null): string {
    const isUsable = frontend !== null && isBaseLink(frontend);
    const base = isUsable ? frontend.replace(/\/+$/, '') : `${this.config.publicUrl}/dashboard`;
    return `${base}/${PAGES[page]}=${token}`;
  }
}
