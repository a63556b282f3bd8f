import { InjectRepository } from '@mikro-orm/nestjs';
import { EntityRepository } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { UserSchema } from '../accounts/user.entity.js';
import { anyOf } from '../database/expressions.js';
import { pageQuery } from '../database/page.js';
import { Sql } from '../database/sql.js';
import { type RowOf, statement, statementFamily, tables } from '../database/statement.js';
import { type Avatar, type AvatarIdSchema, AvatarSchema } from '../accounts/avatar.entity.js';

/** The columns that an upload sets. */
export interface AvatarContent {
  readonly name: string;
  readonly format: string;
  readonly hash: string;
  /** Bytes of all files. */
  readonly storedBytes: number;
}

export type FindOutcome =
  | { readonly kind: 'found'; readonly avatar: AvatarRow }
  | { readonly kind: 'no-avatar' }
  | { readonly kind: 'no-user' };

/** `formerHash` is null for a first upload. */
export type ReplaceOutcome =
  { readonly kind: 'written'; readonly formerHash: string | null } | { readonly kind: 'no-avatar' };

/** Minutes after which the reservation of an upload expires, for nodes that are killed during an upload. */
const RESERVATION = 2;

const db = tables<typeof AvatarSchema | typeof AvatarIdSchema | typeof UserSchema>();

const COLUMNS = ['a.id', 'a.user_id', 'a.name', 'a.format', 'a.hash'] as const;

/** Avatars whose first upload is finished. */
const FINISHED = db
  .selectFrom('avatars as a')
  .select(COLUMNS)
  .where('a.hash', 'is not', null)
  .$narrowType<{ hash: string }>();

// A page of at most one row. Its header distinguishes a user without an avatar from a user who does not exist.
const FIND_OF_USER = statement('avatars.find-of-user', ({ userId }: { userId: string }) =>
  pageQuery(
    db.selectFrom('users as u').where('u.id', '=', userId),
    () => ({}),
    () => FINISHED.select(sql<number>`1`.as('position')).where('a.user_id', '=', userId),
  ),
);

/** Finished avatars, to be selected by id through the table that maps an id to its user. */
const BY_ID = FINISHED.innerJoin('avatar_ids as i', (join) =>
  join.onRef('i.user_id', '=', 'a.user_id').onRef('i.id', '=', 'a.id'),
);

const FIND = statement('avatars.find', ({ id }: { id: number }) => BY_ID.where('i.id', '=', id));

export type AvatarRow = RowOf<typeof FIND>;

const FIND_ALL = statement('avatars.find-all', ({ ids }: { ids: readonly number[] }) =>
  BY_ID.where('i.id', '=', anyOf(ids, 'int[]')),
);

// Of concurrent uploads, one inserts the row. The others are rejected before their bodies are read.
const RESERVE = statement('avatars.reserve', ({ userId }: { userId: string }) =>
  db
    .with('reserved', (query) =>
      query
        .insertInto('avatars')
        .values({
          user_id: userId,
          id: sql`nextval('avatar_ids_id_seq')`,
          reserved_until: sql`clock_timestamp() + ${sql.lit(`${RESERVATION} minutes`)}::interval`,
        })
        .onConflict((conflict) =>
          conflict
            .column('user_id')
            .doUpdateSet((eb) => ({
              id: eb.ref('excluded.id'),
              reserved_until: eb.ref('excluded.reserved_until'),
            }))
            .where('avatars.hash', 'is', null)
            .where('avatars.reserved_until', '<', sql<string>`clock_timestamp()`),
        )
        .returning(['id', 'user_id']),
    )
    .insertInto('avatar_ids')
    .columns(['id', 'user_id'])
    .expression((eb) => eb.selectFrom('reserved').select(['id', 'user_id']))
    .returning('id'),
);

const RELEASE = statement('avatars.release', ({ userId, id }: { userId: string; id: number }) =>
  db.deleteFrom('avatars').where('user_id', '=', userId).where('id', '=', id).where('hash', 'is', null),
);
const DELETE_ID = statement('avatars.delete-id', ({ id }: { id: number }) =>
  db.deleteFrom('avatar_ids').where('id', '=', id),
);

const DELETE = statementFamily(
  'avatars.delete',
  (
    { finished, hasId }: { finished: boolean; hasId: boolean },
    { userId, id }: { userId: string; id: number },
  ) =>
    db
      .deleteFrom('avatars')
      .where('user_id', '=', userId)
      .$if(hasId, (query) => query.where('id', '=', id))
      .$if(finished, (query) => query.where('hash', 'is not', null))
      .returning('id'),
);

// Of concurrent replacements each sees the hash that the one before it has committed, because it waits for the lock.
const REPLACE = statement(
  'avatars.replace',
  ({ userId, id, name, format, hash, storedBytes }: AvatarContent & { userId: string; id: number }) =>
    db
      .with('former', (query) =>
        query
          .selectFrom('avatars')
          .select('hash')
          .where('user_id', '=', userId)
          .where('id', '=', id)
          .forUpdate(),
      )
      .updateTable('avatars as a')
      .from('former as f')
      .set({
        name,
        format,
        hash,
        stored_bytes: storedBytes,
        uploaded: sql`clock_timestamp()`,
        reserved_until: sql.lit(null),
      })
      .where('a.user_id', '=', userId)
      .where('a.id', '=', id)
      .returning('f.hash as former_hash'),
);

@Injectable()
export class AvatarRepository {
  constructor(
    private readonly sql: Sql,
    @InjectRepository(AvatarSchema) private readonly avatars: EntityRepository<Avatar>,
  ) {}

  async findOfUser(userId: string): Promise<FindOutcome> {
    const { header, rows } = await this.sql.page(FIND_OF_USER, { userId });
    if (header === undefined) return { kind: 'no-user' };
    return rows[0] === undefined ? { kind: 'no-avatar' } : { kind: 'found', avatar: rows[0] };
  }

  async find(id: number): Promise<AvatarRow | undefined> {
    return this.sql.row(FIND, { id });
  }

  /** The avatars with these ids; unknown ids are left out. */
  async findAll(ids: readonly number[]): Promise<AvatarRow[]> {
    return this.sql.rows(FIND_ALL, { ids });
  }

  /** Reserves a user's first avatar. @returns its id; undefined if the user has an avatar or another reservation */
  async reserve(userId: string): Promise<number | undefined> {
    return (await this.sql.row(RESERVE, { userId }))?.id;
  }

  /** Cancels the reservation of an upload that failed. */
  async release(userId: string, id: number): Promise<void> {
    await this.sql.rows(RELEASE, { userId, id });
    await this.sql.rows(DELETE_ID, { id });
  }

  /** Renames the picture with this hash, in the open transaction. @returns whether it is still there */
  async rename(userId: string, id: number, name: string, hash: string): Promise<boolean> {
    return (await this.avatars.nativeUpdate({ user: userId, id, hash }, { name })) > 0;
  }

  /** Replaces the content of an avatar, in the open transaction. */
  async replaceContent(userId: string, id: number, content: AvatarContent): Promise<ReplaceOutcome> {
    const row = await this.sql.row(REPLACE, { userId, id, ...content });
    return row === undefined ? { kind: 'no-avatar' } : { kind: 'written', formerHash: row.former_hash };
  }

  /**
   * Deletes a user's avatar in the open transaction.
   *
   * @param finished true keeps the reservation of an upload in progress; false deletes it too, after waiting for a
   *   concurrent write
   * @param id the only avatar to delete, if it is given: the user may have another one meanwhile
   * @returns its id; undefined when there is none
   */
  async delete(
    userId: string,
    { finished }: { finished: boolean },
    id?: number,
  ): Promise<number | undefined> {
    const deletion = DELETE.of({ finished, hasId: id !== undefined });
    const row = await this.sql.row(deletion, { userId, id: id ?? 0 });
    if (row !== undefined) await this.sql.rows(DELETE_ID, { id: row.id });
    return row?.id;
  }
}
