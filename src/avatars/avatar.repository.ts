import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { runIn, Sql, statement } from '../database/sql.js';

/** An avatar that is there. */
export interface AvatarRow {
  readonly id: number;
  readonly user_id: string;
  readonly name: string;
  readonly format: string;
  readonly hash: string;
}

/** What an upload is stored as. */
export interface AvatarContent {
  readonly name: string;
  readonly format: string;
  readonly hash: string;
  /** Of all files. */
  readonly bytes: number;
}

/** Minutes that an upload under way keeps others away, should its node be killed. */
const RESERVATION = 2;

const COLUMNS = 'a.id, a.user_id, a.name, a.format, a.hash';

const OF_USER = statement(
  'avatars.of-user',
  `select u.id as owner, ${COLUMNS} from users u
   left join avatars a on a.user_id = u.id and a.hash is not null where u.id = $1`,
);

const BY_ID = statement(
  'avatars.by-id',
  `select ${COLUMNS} from avatar_ids i join avatars a on a.user_id = i.user_id and a.id = i.id
   where i.id = $1 and a.hash is not null`,
);

// Of two hundred uploads at once, one takes the place; the others find it taken before they have read a byte.
const RESERVE = statement(
  'avatars.reserve',
  `with reserved as (
     insert into avatars as a (user_id, id, reserved_until)
     values ($1, nextval('avatar_ids_id_seq'), clock_timestamp() + interval '${RESERVATION} minutes')
     on conflict (user_id) do update set id = excluded.id, reserved_until = excluded.reserved_until
       where a.hash is null and a.reserved_until < clock_timestamp()
     returning id, user_id
   )
   insert into avatar_ids (id, user_id) select id, user_id from reserved returning id`,
);

const RELEASE = statement(
  'avatars.release',
  'delete from avatars where user_id = $1 and id = $2 and hash is null',
);
const NAMED = statement(
  'avatars.named',
  `select 'avatars/' || a.id || '/' || a.hash || '/' as folder
   from avatar_ids i join avatars a on a.user_id = i.user_id and a.id = i.id
   where i.id = any($1::int[]) and a.hash is not null`,
);

const FORGET = statement('avatars.forget', 'delete from avatar_ids where id = $1');

@Injectable()
export class AvatarRepository {
  constructor(private readonly sql: Sql) {}

  /** The user's avatar; null when there is none, undefined when there is no such user. */
  async findOfUser(userId: string): Promise<AvatarRow | null | undefined> {
    const row = await this.sql.row<AvatarRow & { id: number | null }>(OF_USER, [userId]);
    return row && (row.id === null ? null : row);
  }

  async find(id: number): Promise<AvatarRow | undefined> {
    return this.sql.row<AvatarRow>(BY_ID, [id]);
  }

  /** Those of the folders that a row names. */
  async named(folders: readonly string[]): Promise<ReadonlySet<string>> {
    const ids = folders
      .map((folder) => Number.parseInt(folder.split('/')[1] ?? '', 10))
      .filter(Number.isInteger);
    const rows = await this.sql.rows<{ folder: string }>(NAMED, [ids]);
    return new Set(rows.map(({ folder }) => folder));
  }

  /** Takes the place of a user's first avatar; undefined when it is taken. */
  async reserve(userId: string): Promise<number | undefined> {
    return (await this.sql.row<{ id: number }>(RESERVE, [userId]))?.id;
  }

  /** Gives the place back after an upload that failed. */
  async release(userId: string, id: number): Promise<void> {
    await this.sql.rows(RELEASE, [userId, id]);
    await this.sql.rows(FORGET, [id]);
  }

  /** Names the picture anew, if it is still that one. @returns whether it is */
  async rename(em: EntityManager, userId: string, id: number, name: string, hash: string): Promise<boolean> {
    const rows = await runIn(
      em,
      'update avatars set name = $3 where user_id = $1 and id = $2 and hash = $4 returning id',
      [userId, id, name, hash],
    );
    return rows.length > 0;
  }

  /**
   * Makes an upload the user's avatar.
   *
   * @returns the hash that it had before, null for none; undefined when the avatar is not there any more
   */
  async fill(
    em: EntityManager,
    userId: string,
    id: number,
    content: AvatarContent,
  ): Promise<string | null | undefined> {
    const [held] = await runIn<{ hash: string | null }>(
      em,
      'select hash from avatars where user_id = $1 and id = $2 for update',
      [userId, id],
    );
    if (held === undefined) return undefined;
    await runIn(
      em,
      'update avatars set name = $3, format = $4, hash = $5, stored_bytes = $6, reserved_until = null where user_id = $1 and id = $2',
      [userId, id, content.name, content.format, content.hash, content.bytes],
    );
    return held.hash;
  }

  /** Removes a user's avatar; returns its id, undefined when there is none. */
  async remove(em: EntityManager, userId: string): Promise<number | undefined> {
    return this.removeWhere(em, userId, 'hash is not null');
  }

  /** The same with the account; an upload under way, which would fill its place in this moment, is waited for. */
  async removeWithUser(em: EntityManager, userId: string): Promise<number | undefined> {
    return this.removeWhere(em, userId, 'true');
  }

  private async removeWhere(
    em: EntityManager,
    userId: string,
    condition: string,
  ): Promise<number | undefined> {
    const [row] = await runIn<{ id: number }>(
      em,
      `delete from avatars where user_id = $1 and ${condition} returning id`,
      [userId],
    );
    if (row !== undefined) await runIn(em, 'delete from avatar_ids where id = $1', [row.id]);
    return row?.id;
  }
}
