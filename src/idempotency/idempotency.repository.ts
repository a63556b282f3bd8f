import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { isEnabledClient } from '../clients/client-filter.js';
import { ONE_ROW, pageQuery } from '../database/page.js';
import { Sql } from '../database/sql.js';
import { statement, tables } from '../database/statement.js';
import type { IdempotencyKeySchema } from './idempotency-key.entity.js';

const db = tables<typeof IdempotencyKeySchema>();

interface Key {
  readonly userId: string;
  readonly key: string;
}

/** The stored answer to the first request with a key. */
export interface StoredAnswer {
  readonly fingerprint: string;
  readonly status: number;
  /** JSON text; empty for no body. */
  readonly body: string;
}

/** A look-up of a key; `clientKnown` is whether the client of the request is registered. */
export interface Lookup {
  readonly stored: StoredAnswer | null;
  readonly clientKnown: boolean;
}

const FIND = statement('idempotency.find', (p: Key & { readonly client: number }) =>
  pageQuery(
    ONE_ROW,
    () => ({ client_known: isEnabledClient(p.client) }),
    () =>
      db
        .selectFrom('idempotency_keys as k')
        .select(['k.fingerprint', 'k.status', 'k.body', sql<number>`1`.as('position')])
        .where('k.user_id', '=', p.userId)
        .where('k.key', '=', p.key)
        .where('k.created', '>', sql<string>`clock_timestamp() - interval '24 hours'`),
  ),
);

// A 64-bit hash, which practically never equals a key of `ADVISORY_LOCKS` or of another request.
const TRY_LOCK = statement('idempotency.try-lock', ({ userId, key }: Key) =>
  ONE_ROW.select(
    sql<boolean>`pg_try_advisory_xact_lock(hashtextextended(${userId} || ' ' || ${key}, 0))`.as('locked'),
  ),
);

const STORE = statement('idempotency.store', (p: Key & StoredAnswer) =>
  db
    .insertInto('idempotency_keys')
    .values({ user_id: p.userId, key: p.key, fingerprint: p.fingerprint, status: p.status, body: p.body })
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'key']).doUpdateSet((eb) => ({
        fingerprint: eb.ref('excluded.fingerprint'),
        status: eb.ref('excluded.status'),
        body: eb.ref('excluded.body'),
        created: eb.ref('excluded.created'),
      })),
    ),
);

const DELETE_ALL = statement('idempotency.delete-all', ({ userId }: { userId: string }) =>
  db.deleteFrom('idempotency_keys').where('user_id', '=', userId),
);

const DELETE_OLD = statement('idempotency.delete-old', ({ limit }: { limit: number }) =>
  db
    .deleteFrom('idempotency_keys')
    .where(
      sql<string>`ctid`,
      '=',
      sql<string>`any(array(select ctid from idempotency_keys
        where created < clock_timestamp() - interval '24 hours' limit ${limit} for update skip locked))`,
    )
    .returning('key'),
);

@Injectable()
export class IdempotencyRepository {
  constructor(private readonly sql: Sql) {}

  /** @param client of the request; null if it names none */
  async find(userId: string, key: string, client: number | null): Promise<Lookup> {
    const { header, rows } = await this.sql.page(FIND, { userId, key, client: client ?? 0 });
    return { stored: rows[0] ?? null, clientKnown: client === null || (header?.client_known ?? false) };
  }

  /** Locks a key until the transaction ends. @returns false if another request holds it */
  async tryLock(userId: string, key: string): Promise<boolean> {
    return (await this.sql.row(TRY_LOCK, { userId, key }))?.locked ?? false;
  }

  async store(userId: string, key: string, answer: StoredAnswer): Promise<void> {
    await this.sql.rows(STORE, { userId, key, ...answer });
  }

  /** Deletes the keys of a user, when the account is deleted. */
  async deleteAll(userId: string): Promise<void> {
    await this.sql.rows(DELETE_ALL, { userId });
  }

  /** Deletes up to `limit` keys that are older than 24 hours. @returns how many */
  async deleteOld(limit: number): Promise<number> {
    return (await this.sql.rows(DELETE_OLD, { limit })).length;
  }
}
