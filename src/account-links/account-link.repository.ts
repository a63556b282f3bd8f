import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { UserSchema } from '../accounts/user.entity.js';
import type { ClientSchema } from '../clients/client.entity.js';
import { hasRows } from '../database/expressions.js';
import { ONE_ROW } from '../database/page.js';
import { Sql } from '../database/sql.js';
import { statement, tables } from '../database/statement.js';
import type { UserSettingsSchema } from '../settings/settings.entity.js';
import type { AccountLinkSchema, LinkPurpose } from './account-link.entity.js';
import type { LinkToken } from './link-token.js';

const db = tables<
  typeof AccountLinkSchema | typeof UserSchema | typeof UserSettingsSchema | typeof ClientSchema
>();

// The clock of the database is used, because the clocks of nodes may differ.
const NOW = sql<string>`clock_timestamp()`;

interface Key {
  readonly userId: string;
  readonly purpose: LinkPurpose;
}

interface NewLink extends Key {
  readonly hash: string;
  readonly email: string | null;
  /** Seconds until it expires. */
  readonly lifetime: number;
}

/** One row for each purpose, so that a newer link ends the former one. */
const ISSUE = statement('account-links.issue', (p: NewLink) => {
  const expires = sql<string>`${NOW} + make_interval(secs => ${p.lifetime})`;
  return db
    .insertInto('account_links')
    .values({ user_id: p.userId, purpose: p.purpose, hash: p.hash, email: p.email, expires })
    .onConflict((conflict) =>
      conflict
        .columns(['user_id', 'purpose'])
        .doUpdateSet({ hash: p.hash, email: sql<string>`${p.email}`, expires }),
    )
    .returning('expires');
});

const IS_VALID = statement('account-links.is-valid', ({ userId, purpose, hash }: Key & { hash: string }) =>
  ONE_ROW.select(
    hasRows(
      db
        .selectFrom('account_links')
        .where('user_id', '=', userId)
        .where('purpose', '=', purpose)
        .where('hash', '=', hash)
        .where('expires', '>', NOW),
    ).as('valid'),
  ),
);

// The deletion is the use: of several requests at once, one finds the row.
const USE = statement('account-links.use', ({ userId, purpose, hash }: Key & { hash: string }) =>
  db
    .deleteFrom('account_links')
    .where('user_id', '=', userId)
    .where('purpose', '=', purpose)
    .where('hash', '=', hash)
    .where('expires', '>', NOW)
    .returning('email'),
);

const END = statement('account-links.end', ({ userId }: { userId: string }) =>
  db.deleteFrom('account_links').where('user_id', '=', userId),
);

interface RecipientParameters {
  readonly userId: string;
  readonly client: number | null;
}

// `for share` keeps the address from changing between this statement and the link's.
const RECIPIENT = statement('account-links.recipient', ({ userId, client }: RecipientParameters) =>
  db
    .selectFrom('users as u')
    .select((eb) => [
      'u.username',
      'u.email',
      eb
        .selectFrom('user_settings as s')
        .select(sql<string | null>`s.chosen ->> 'prefered-content-language'`.as('language'))
        .where('s.user_id', '=', userId)
        .as('language'),
      eb
        .selectFrom('clients as c')
        .select('c.url')
        .where('c.id', '=', sql<number>`${client}::int`)
        .where('c.enabled', '=', sql.lit(true))
        .as('frontend'),
    ])
    .where('u.id', '=', userId)
    .forShare('u'),
);

/** A user to write to. */
export interface Recipient {
  readonly username: string;
  readonly email: string | null;
  /** The setting of the content language; null if it was never set. */
  readonly language: string | null;
  /** URL of the frontend that the request came from; null for none. */
  readonly frontend: string | null;
}

@Injectable()
export class AccountLinkRepository {
  constructor(private readonly sql: Sql) {}

  /** @returns when the link expires */
  async issue(link: NewLink): Promise<Date> {
    const row = await this.sql.row(ISSUE, link);
    return new Date(row?.expires ?? Number.NaN);
  }

  async isValid({ userId, hash }: LinkToken, purpose: LinkPurpose): Promise<boolean> {
    return (await this.sql.row(IS_VALID, { userId, purpose, hash }))?.valid ?? false;
  }

  async use(
    { userId, hash }: LinkToken,
    purpose: LinkPurpose,
  ): Promise<{ email: string | null } | undefined> {
    return this.sql.row(USE, { userId, purpose, hash });
  }

  async end(userId: string): Promise<void> {
    await this.sql.rows(END, { userId });
  }

  async findRecipient(userId: string, client: number | null): Promise<Recipient | undefined> {
    return this.sql.row(RECIPIENT, { userId, client });
  }
}
