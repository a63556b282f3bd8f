import { Module } from '@nestjs/common';
import { AccountLinkRepository } from './account-link.repository.js';
import { AccountLinks } from './account-links.js';
import { LinkUrls } from './link-urls.js';

/** Links to new passwords and to the verification of addresses. */
@Module({ providers: [AccountLinks, AccountLinkRepository, LinkUrls], exports: [AccountLinks, LinkUrls] })
export class AccountLinksModule {}
