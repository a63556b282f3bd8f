import { InjectRepository } from '@mikro-orm/nestjs';
import { EntityRepository } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { UserSchema } from '../accounts/user.entity.js';
import { anyOf, asCount, rowCount, timestamp } from '../database/expressions.js';
import { pageQuery } from '../database/page.js';
import { Sql } from '../database/sql.js';
import { type RowOf, statement, statementFamily, tables } from '../database/statement.js';
import { type Photo, type PhotoIdRow, PhotoIdSchema, PhotoSchema } from './photo.entity.js';

/** A photo about to be inserted. */
export type NewPhoto = Pick<
  Photo,
  'token' | 'name' | 'format' | 'width' | 'height' | 'size' | 'storedBytes'
> & { readonly client: number };

export type AddOutcome =
  | { readonly kind: 'written'; readonly id: number }
  | { readonly kind: 'limit-reached' }
  | { readonly kind: 'no-user' };

interface Key {
  readonly userId: string;
  readonly id: number;
}

const db = tables<typeof PhotoSchema | typeof PhotoIdSchema | typeof UserSchema>();

const COLUMNS = [
  'p.id',
  'p.user_id',
  'p.client_id',
  'p.token',
  'p.name',
  'p.format',
  'p.width',
  'p.height',
  'p.size',
  timestamp('p.uploaded').as('uploaded'),
] as const;

const COUNT = statement('photos.count', ({ userId }: { userId: string }) =>
  db
    .selectFrom('photos')
    .select((eb) => asCount(eb.fn.countAll()).as('count'))
    .where('user_id', '=', userId),
);

const FIND_OF_CLIENT = statement(
  'photos.find-of-client',
  ({ userId, id, client }: Key & { client: number }) =>
    db
      .selectFrom('photos')
      .select('id')
      .where('user_id', '=', userId)
      .where('id', '=', id)
      .where('client_id', '=', client),
);

const FIND_TOKENS = statement('photos.find-tokens', ({ tokens }: { tokens: readonly string[] }) =>
  db.selectFrom('photo_ids').select('token').where('token', '=', anyOf(tokens, 'text[]')),
);

const FIND = statement('photos.find', ({ id }: { id: number }) =>
  db
    .selectFrom('photo_ids as i')
    .innerJoin('photos as p', (join) => join.onRef('p.user_id', '=', 'i.user_id').onRef('p.id', '=', 'i.id'))
    .select(COLUMNS)
    .where('i.id', '=', id),
);

export type PhotoRow = RowOf<typeof FIND>;

/** The header is undefined for a user who does not exist. */
const PAGE = statement(
  'photos.page',
  ({ userId, limit, offset }: { userId: string; limit: number; offset: number }) => {
    const ofUser = db.selectFrom('photos as p').where('p.user_id', '=', userId);
    return pageQuery(
      db.selectFrom('users as u').where('u.id', '=', userId),
      () => ({ total: rowCount(ofUser) }),
      () =>
        ofUser
          .select([...COLUMNS, sql<number>`-p.id`.as('position')])
          .orderBy('p.id', 'desc')
          .limit(limit)
          .offset(offset),
    );
  },
);

// MikroORM has no lock mode for this lock, which does not conflict with foreign keys to the user.
const LOCK_USER = statement('photos.lock-user', ({ userId }: { userId: string }) =>
  db.selectFrom('users').select('id').where('id', '=', userId).forNoKeyUpdate(),
);

const DELETE = statementFamily(
  'photos.delete',
  ({ ofClient }: { ofClient: boolean }, { userId, id, client }: Key & { client: number }) =>
    db
      .deleteFrom('photos')
      .where('user_id', '=', userId)
      .where('id', '=', id)
      .$if(ofClient, (query) => query.where('client_id', '=', client))
      .returning('token'),
);

const DELETE_ALL = statement('photos.delete-all', ({ userId }: { userId: string }) =>
  db.deleteFrom('photos').where('user_id', '=', userId).returning(['id', 'token']),
);

@Injectable()
export class PhotoRepository {
  constructor(
    private readonly sql: Sql,
    @InjectRepository(PhotoSchema) private readonly photos: EntityRepository<Photo>,
    @InjectRepository(PhotoIdSchema) private readonly ids: EntityRepository<PhotoIdRow>,
  ) {}

  async count(userId: string): Promise<number> {
    return (await this.sql.row(COUNT, { userId }))?.count ?? 0;
  }

  /** Returns those of the tokens that belong to photos. */
  async findTokens(tokens: readonly string[]): Promise<string[]> {
    const rows = await this.sql.rows(FIND_TOKENS, { tokens });
    return rows.map(({ token }) => token);
  }

  /** Whether the user's photo was uploaded under the client. */
  async belongsToClient(id: number, userId: string, client: number): Promise<boolean> {
    return (await this.sql.row(FIND_OF_CLIENT, { userId, id, client })) !== undefined;
  }

  async find(id: number): Promise<PhotoRow | undefined> {
    return this.sql.row(FIND, { id });
  }

  /** A page of a user's photos, newest first; undefined when there is no such user. */
  async page(
    userId: string,
    limit: number,
    offset: number,
  ): Promise<{ total: number; rows: PhotoRow[] } | undefined> {
    const { header, rows } = await this.sql.page(PAGE, { userId, limit, offset });
    return header && { total: header.total ?? 0, rows };
  }

  /**
   * Inserts a photo in the open transaction, unless the user has reached the limit. The lock on the user's row
   * serializes concurrent uploads, so that each one counts those before it.
   */
  async add(userId: string, { client, ...photo }: NewPhoto, limit: number): Promise<AddOutcome> {
    if ((await this.sql.row(LOCK_USER, { userId })) === undefined) return { kind: 'no-user' };
    if ((await this.count(userId)) >= limit) return { kind: 'limit-reached' };
    const id = await this.ids.insert({ userId, token: photo.token });
    await this.photos.insert({ ...photo, user: userId, id, client });
    return { kind: 'written', id };
  }

  /**
   * Deletes a user's photo in the open transaction; with `client`, only a photo that was uploaded under this client.
   *
   * @returns the token of its files; undefined when there is no such photo
   */
  async delete(userId: string, id: number, client?: number): Promise<string | undefined> {
    const deletion = DELETE.of({ ofClient: client !== undefined });
    const row = await this.sql.row(deletion, { userId, id, client: client ?? 0 });
    if (row !== undefined) await this.ids.nativeDelete({ id });
    return row?.token;
  }

  /** Deletes all of a user's photos in the open transaction; returns the tokens of their files. */
  async deleteAll(userId: string): Promise<string[]> {
    const rows = await this.sql.rows(DELETE_ALL, { userId });
    if (rows.length > 0) await this.ids.nativeDelete({ id: { $in: rows.map(({ id }) => id) } });
    return rows.map(({ token }) => token);
  }
}
