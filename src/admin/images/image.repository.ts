import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { AvatarSchema } from '../../accounts/avatar.entity.js';
import type { UserSchema } from '../../accounts/user.entity.js';
import { isEnabledClient } from '../../clients/client-filter.js';
import { rowCount, rowNumber, sortKeys, timestamp } from '../../database/expressions.js';
import { pageQuery, withPage } from '../../database/page.js';
import { Sql } from '../../database/sql.js';
import { statementFamily, tables } from '../../database/statement.js';
import { totalOf } from '../../database/totals.js';
import type { PhotoSchema } from '../../photos/photo.entity.js';
import type { ImageKind } from './images.dto.js';

/** Filters, combined with AND, and the range of a page. */
export interface ImageSelection {
  readonly kind: ImageKind | undefined;
  readonly user: string | undefined;
  readonly client: number | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** A picture of a page. */
export interface ImageRow {
  readonly kind: ImageKind;
  readonly id: number;
  readonly user_id: string;
  readonly username: string;
  readonly client_id: number | null;
  /** The token of a photo, or the hash of an avatar. */
  readonly folder: string;
  readonly format: string;
  readonly uploaded: string;
}

export interface ImagePageRows {
  readonly total: number;
  /** False if the client of the selection is unknown or disabled. */
  readonly clientKnown: boolean;
  readonly rows: ImageRow[];
}

interface Variant {
  readonly kind: ImageKind | null;
  readonly ofUser: boolean;
  readonly ofClient: boolean;
}

interface Parameters {
  readonly user: string;
  readonly client: number;
  readonly limit: number;
  readonly offset: number;
}

/** The columns of both kinds of pictures. */
interface Picture extends Omit<ImageRow, 'username'> {
  readonly position: number;
}

const db = tables<typeof AvatarSchema | typeof PhotoSchema | typeof UserSchema>();

function photosOf({ ofUser, ofClient }: Variant, p: Parameters) {
  return db
    .selectFrom('photos as p')
    .$if(ofUser, (query) => query.where('p.user_id', '=', p.user))
    .$if(ofClient, (query) => query.where('p.client_id', '=', p.client));
}

/** Finished avatars; none with a filter by client. */
function avatarsOf({ ofUser, ofClient }: Variant, p: Parameters) {
  return db
    .selectFrom('avatars as a')
    .where('a.hash', 'is not', null)
    .$if(ofUser, (query) => query.where('a.user_id', '=', p.user))
    .$if(ofClient, (query) => query.where(sql<boolean>`false`));
}

/**
 * The newest pictures of each kind, as many as the page may need: each kind is read by an index in its order, and no
 * further, whatever the number of pictures.
 */
function newest(variant: Variant, p: Parameters) {
  const upToPage = sql<number>`${p.limit}::bigint + ${p.offset}::bigint`;
  const photos = photosOf(variant, p)
    .select([
      sql<ImageKind>`'photo'`.as('kind'),
      'p.id',
      'p.user_id',
      sql<number | null>`p.client_id`.as('client_id'),
      'p.token as folder',
      'p.format',
      'p.uploaded',
    ])
    .orderBy(sortKeys(['p.uploaded desc', 'p.id desc']))
    .limit(upToPage);
  const avatars = avatarsOf(variant, p)
    .select([
      sql<ImageKind>`'avatar'`.as('kind'),
      'a.id',
      'a.user_id',
      sql<number | null>`null::int`.as('client_id'),
      sql<string>`a.hash`.as('folder'),
      'a.format',
      'a.uploaded',
    ])
    .orderBy(sortKeys(['a.uploaded desc', 'a.id desc']))
    .limit(upToPage);
  if (variant.kind === 'photo') return photos;
  if (variant.kind === 'avatar') return avatars;
  return db
    .selectFrom(photos.as('p'))
    .selectAll()
    .unionAll(db.selectFrom(avatars.as('a')).selectAll());
}

/** A user has few pictures, which are counted; the other totals come from counters. */
function totalOfImages(variant: Variant, p: Parameters) {
  const { kind, ofUser, ofClient } = variant;
  const photos = ofClient ? totalOf(sql`'client_photos:' || ${p.client}::int`) : totalOf(sql.lit('photos'));
  const avatars = ofClient ? sql<number>`0` : totalOf(sql.lit('avatars'));
  const totals = {
    photo: ofUser ? rowCount(photosOf(variant, p)) : photos,
    avatar: ofUser ? rowCount(avatarsOf(variant, p)) : avatars,
  };
  return kind === null ? sql<number>`${totals.photo} + ${totals.avatar}` : totals[kind];
}

const PAGE = statementFamily('admin-images.page', (variant: Variant, p: Parameters) => {
  const order = sortKeys(['i.uploaded desc', 'i.id desc', 'i.kind']);
  return pageQuery(
    withPage(
      db
        .selectFrom(newest(variant, p).as('i'))
        .selectAll()
        .select(rowNumber(order).as('position'))
        .orderBy(order)
        .limit(p.limit)
        .offset(p.offset),
    ),
    () => ({
      total: totalOfImages(variant, p),
      client_known: variant.ofClient ? isEnabledClient(p.client) : sql<boolean>`true`,
    }),
    () =>
      db
        .withTables<{ page: Picture }>()
        .selectFrom('page')
        .innerJoin('users as u', 'u.id', 'page.user_id')
        .select([
          'page.kind',
          'page.id',
          'page.user_id',
          'u.username',
          'page.client_id',
          'page.folder',
          'page.format',
          timestamp('page.uploaded').as('uploaded'),
          'page.position',
        ]),
  );
});

/** The pictures of all users. */
@Injectable()
export class ImageRepository {
  constructor(private readonly sql: Sql) {}

  /** A page, newest first. */
  async page({ kind, user, client, limit, offset }: ImageSelection): Promise<ImagePageRows> {
    const page = PAGE.of({ kind: kind ?? null, ofUser: user !== undefined, ofClient: client !== undefined });
    const parameters = { user: user ?? '', client: client ?? 0, limit, offset };
    const { header, rows } = await this.sql.page(page, parameters);
    return { total: header?.total ?? 0, clientKnown: header?.client_known ?? false, rows };
  }
}
