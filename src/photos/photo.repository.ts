import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { clientKnown } from '../clients/client-filter.js';
import { runIn, Sql, statement, timestamp } from '../database/sql.js';

export interface PhotoRow {
  readonly id: number;
  readonly user_id: string;
  readonly token: string;
  readonly name: string;
  readonly format: string;
  readonly width: number;
  readonly height: number;
  readonly size: number;
  readonly uploaded: string;
}

/** A photo about to be kept. */
export type NewPhoto = Omit<PhotoRow, 'id' | 'user_id' | 'uploaded'> & {
  readonly client: number;
  /** Bytes of all its files. */
  readonly stored_bytes: number;
};

const COLUMNS = `p.id, p.user_id, p.token, p.name, p.format, p.width, p.height, p.size,
  ${timestamp('p.uploaded')} as uploaded`;

const COUNT = statement('photos.count', 'select count(*)::int as count from photos where user_id = $1');
const CLIENT = statement('photos.client', `select ${clientKnown('$1')} as known`);

const UNDER = statement(
  'photos.under',
  'select id from photos where user_id = $1 and id = $2 and client_id = $3',
);

const NAMED = statement('photos.named', 'select token from photo_ids where token = any($1::text[])');

const BY_ID = statement(
  'photos.by-id',
  `select ${COLUMNS} from photo_ids i join photos p on p.user_id = i.user_id and p.id = i.id where i.id = $1`,
);

const PAGE = statement(
  'photos.page',
  `select totals.total, page.*
   from users u
   cross join lateral (select count(*)::int as total from photos where user_id = u.id) as totals
   left join lateral (
     select ${COLUMNS} from photos p where p.user_id = u.id order by p.id desc limit $2 offset $3
   ) as page on true
   where u.id = $1
   order by page.id desc`,
);

@Injectable()
export class PhotoRepository {
  constructor(private readonly sql: Sql) {}

  async count(userId: string): Promise<number> {
    return (await this.sql.row<{ count: number }>(COUNT, [userId]))?.count ?? 0;
  }

  async isClient(id: number): Promise<boolean> {
    return (await this.sql.row<{ known: boolean }>(CLIENT, [id]))?.known ?? false;
  }

  /** Those of the folders that a row names. */
  async named(folders: readonly string[]): Promise<ReadonlySet<string>> {
    const tokens = folders.map((folder) => folder.split('/')[1] ?? '');
    const rows = await this.sql.rows<{ token: string }>(NAMED, [tokens]);
    return new Set(rows.map(({ token }) => `photos/${token}/`));
  }

  /** Whether the user's photo was uploaded under the client. */
  async isUnder(id: number, userId: string, client: number): Promise<boolean> {
    return (await this.sql.row(UNDER, [userId, id, client])) !== undefined;
  }

  async find(id: number): Promise<PhotoRow | undefined> {
    return this.sql.row<PhotoRow>(BY_ID, [id]);
  }

  /** A page of a user's photos, newest first; undefined when there is no such user. */
  async page(
    userId: string,
    limit: number,
    offset: number,
  ): Promise<{ total: number; rows: PhotoRow[] } | undefined> {
    const rows = await this.sql.rows<PhotoRow & { total: number; id: number | null }>(PAGE, [
      userId,
      limit,
      offset,
    ]);
    const [first] = rows;
    return first && { total: first.total, rows: rows.filter(({ id }) => id !== null) };
  }

  /**
   * Keeps a photo, unless the user has as many as allowed. The user's row is held, so that uploads at once are counted.
   *
   * @returns its id; undefined at the limit, null when the user is gone
   */
  async add(
    em: EntityManager,
    userId: string,
    photo: NewPhoto,
    limit: number,
  ): Promise<number | null | undefined> {
    const held = await runIn(em, 'select id from users where id = $1 for no key update', [userId]);
    if (held.length === 0) return null;
    const [kept] = await runIn<{ count: number }>(
      em,
      'select count(*)::int as count from photos where user_id = $1',
      [userId],
    );
    if ((kept?.count ?? 0) >= limit) return undefined;
    const [named] = await runIn<{ id: number }>(
      em,
      'insert into photo_ids (user_id, token) values ($1, $2) returning id',
      [userId, photo.token],
    );
    const id = named?.id as number;
    await runIn(
      em,
      `insert into photos (user_id, id, client_id, token, name, format, width, height, size, stored_bytes)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        userId,
        id,
        photo.client,
        photo.token,
        photo.name,
        photo.format,
        photo.width,
        photo.height,
        photo.size,
        photo.stored_bytes,
      ],
    );
    return id;
  }

  /**
   * Removes a photo, if it is the user's and, where a client is given, was uploaded under it.
   *
   * @returns the folder of its files; undefined when there is no such photo
   */
  async remove(em: EntityManager, userId: string, id: number, client?: number): Promise<string | undefined> {
    const [row] = await runIn<{ token: string }>(
      em,
      `delete from photos where user_id = $1 and id = $2 and ($3::int is null or client_id = $3::int) returning token`,
      [userId, id, client ?? null],
    );
    if (row !== undefined) await runIn(em, 'delete from photo_ids where id = $1', [id]);
    return row?.token;
  }

  /** Removes all of a user's photos; returns the folders of their files. */
  async removeAll(em: EntityManager, userId: string): Promise<string[]> {
    const rows = await runIn<{ id: number; token: string }>(
      em,
      'delete from photos where user_id = $1 returning id, token',
      [userId],
    );
    if (rows.length > 0)
      await runIn(em, 'delete from photo_ids where id = any($1)', [rows.map(({ id }) => id)]);
    return rows.map(({ token }) => token);
  }
}
