import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { RecoveryCodeSchema, TwoFactorSchema } from '../accounts/two-factor.entity.js';
import type { UserSchema } from '../accounts/user.entity.js';
import { unnested } from '../database/expressions.js';
import { Sql } from '../database/sql.js';
import { statement, tables } from '../database/statement.js';
import { DRIFT } from './one-time-passwords.js';

const db = tables<typeof TwoFactorSchema | typeof RecoveryCodeSchema | typeof UserSchema>();

// The clock of the database is used, because the clocks of nodes may differ.
const NOW = sql<string>`clock_timestamp()`;

interface OfUser {
  readonly userId: string;
}

const BEGIN = statement('two-factor.begin', ({ userId, secret }: OfUser & { readonly secret: string }) =>
  db
    .insertInto('two_factors')
    .values({ user_id: userId, secret })
    .onConflict((conflict) =>
      conflict
        .column('user_id')
        .doUpdateSet({ secret, created: NOW, used_steps: sql<number[]>`'{}'` })
        .where('two_factors.confirmed', 'is', null),
    )
    .returning('user_id'),
);

const FIND = statement('two-factor.find', ({ userId }: OfUser) =>
  db
    .selectFrom('two_factors')
    .select([
      'secret',
      sql<boolean>`confirmed is not null`.as('confirmed'),
      sql<boolean>`created > ${NOW} - interval '10 minutes'`.as('fresh'),
    ])
    .where('user_id', '=', userId),
);

// The update is the use of the code: of several requests with one code, one finds the step unused. Older steps can be
// dropped, because their codes are no longer accepted.
const USE_STEP = statement('two-factor.use-step', ({ userId, step }: OfUser & { readonly step: number }) => {
  const used = sql<number>`${step}::bigint`;
  return db
    .updateTable('two_factors')
    .set({
      used_steps: sql<
        number[]
      >`array(select s from unnest(used_steps) as s where s >= ${used} - ${sql.lit(2 * DRIFT)}) || ${used}`,
    })
    .where('user_id', '=', userId)
    .where(sql<boolean>`not ${used} = any(used_steps)`)
    .returning('user_id');
});

const CONFIRM = statement('two-factor.confirm', ({ userId }: OfUser) =>
  db.updateTable('two_factors').set({ confirmed: NOW }).where('user_id', '=', userId),
);

const SET_FLAG = statement('two-factor.set-flag', ({ userId, on }: OfUser & { readonly on: boolean }) =>
  db.updateTable('users').set({ two_factor: on }).where('id', '=', userId),
);

const REMOVE = statement('two-factor.remove', ({ userId }: OfUser) =>
  db.deleteFrom('two_factors').where('user_id', '=', userId),
);

const REMOVE_CODES = statement('two-factor.remove-codes', ({ userId }: OfUser) =>
  db.deleteFrom('recovery_codes').where('user_id', '=', userId),
);

const ADD_CODES = statement(
  'two-factor.add-codes',
  ({ userId, hashes }: OfUser & { readonly hashes: readonly string[] }) =>
    db
      .insertInto('recovery_codes')
      .columns(['user_id', 'hash'])
      .expression((eb) =>
        eb
          .selectFrom(unnested('codes', { hash: [hashes, 'text[]'] }))
          .select([eb.val(userId).as('user_id'), 'codes.hash']),
      ),
);

const USE_CODE = statement('two-factor.use-code', ({ userId, hash }: OfUser & { readonly hash: string }) =>
  db.deleteFrom('recovery_codes').where('user_id', '=', userId).where('hash', '=', hash).returning('user_id'),
);

/** The state of a user's second factor. */
export interface TwoFactorState {
  readonly secret: string;
  readonly confirmed: boolean;
  /** Whether it was begun within the last ten minutes. */
  readonly fresh: boolean;
}

@Injectable()
export class TwoFactorRepository {
  constructor(private readonly sql: Sql) {}

  /** Begins the set-up. @returns false if the second factor is on */
  async begin(userId: string, secret: string): Promise<boolean> {
    return (await this.sql.row(BEGIN, { userId, secret })) !== undefined;
  }

  async find(userId: string): Promise<TwoFactorState | undefined> {
    return this.sql.row(FIND, { userId });
  }

  /** Uses the code of a time step. @returns false if it was used before */
  async useStep(userId: string, step: number): Promise<boolean> {
    return (await this.sql.row(USE_STEP, { userId, step })) !== undefined;
  }

  /** Uses a recovery code. @returns false if it is unknown or was used before */
  async useCode(userId: string, hash: string): Promise<boolean> {
    return (await this.sql.row(USE_CODE, { userId, hash })) !== undefined;
  }

  /** Turns the second factor on, in the open transaction. */
  async confirm(userId: string): Promise<void> {
    await this.sql.rows(CONFIRM, { userId });
    await this.sql.rows(SET_FLAG, { userId, on: true });
  }

  /** Replaces the recovery codes, in the open transaction. */
  async setCodes(userId: string, hashes: readonly string[]): Promise<void> {
    await this.sql.rows(REMOVE_CODES, { userId });
    await this.sql.rows(ADD_CODES, { userId, hashes });
  }

  /** Turns the second factor off, in the open transaction. */
  async remove(userId: string): Promise<void> {
    await this.sql.rows(REMOVE, { userId });
    await this.sql.rows(REMOVE_CODES, { userId });
    await this.sql.rows(SET_FLAG, { userId, on: false });
  }
}
