import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Sql } from '../database/sql.js';
import { statement, tables } from '../database/statement.js';
import { ADMIN_ROLE } from './permissions.js';
import type { RoleSchema, UserRoleSchema } from './role.entity.js';
import type { UserSchema } from './user.entity.js';

const db = tables<typeof RoleSchema | typeof UserRoleSchema | typeof UserSchema>();

const LOCK = statement('administrators.lock', () =>
  db.selectFrom('roles').select('id').where('name', '=', sql.lit(ADMIN_ROLE)).forUpdate(),
);

const ADMINISTRATORS = db
  .selectFrom('user_roles as ur')
  .innerJoin('roles as r', 'r.id', 'ur.role_id')
  .select('ur.user_id')
  .where('r.name', '=', sql.lit(ADMIN_ROLE));

/** Two administrators at most who are not suspended: enough to distinguish none, one and several. */
const FIRST_TWO = statement('administrators.first-two', () =>
  ADMINISTRATORS.innerJoin('users as u', 'u.id', 'ur.user_id')
    .where('u.suspended', '=', sql.lit(false))
    .limit(sql.lit(2)),
);

const ANY = statement('administrators.any', () => ADMINISTRATORS.limit(sql.lit(1)));

const FIND = statement('administrators.find', ({ userId }: { userId: string }) =>
  ADMINISTRATORS.where('ur.user_id', '=', userId),
);

/** The users who have the role `admin`. */
@Injectable()
export class Administrators {
  constructor(private readonly sql: Sql) {}

  /**
   * Locks the row of the role `admin` until the transaction ends. This serializes changes of roles and of their
   * assignment to users.
   */
  async lockRoleChanges(): Promise<void> {
    await this.sql.rows(LOCK, {});
  }

  async includes(userId: string): Promise<boolean> {
    return (await this.sql.row(FIND, { userId })) !== undefined;
  }

  /**
   * Whether the user is the only administrator who is not suspended. Locks role changes first, otherwise concurrent
   * requests could remove the last two administrators.
   */
  async isLast(userId: string): Promise<boolean> {
    await this.lockRoleChanges();
    const rows = await this.sql.rows(FIRST_TWO, {});
    return rows.length === 1 && rows[0]?.user_id === userId;
  }

  async exist(): Promise<boolean> {
    return (await this.sql.row(ANY, {})) !== undefined;
  }
}
