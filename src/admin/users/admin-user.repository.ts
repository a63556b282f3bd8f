import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { RoleSchema, UserRoleSchema } from '../../accounts/role.entity.js';
import type { SessionSchema } from '../../accounts/session.entity.js';
import type { UserSchema } from '../../accounts/user.entity.js';
import type { CollectionItemSchema } from '../../collection/collection-item.entity.js';
import type { TotalSchema } from '../../database/counters.entity.js';
import { hasRows, rowCount, rowNumber, type SortKey, sortKeys } from '../../database/expressions.js';
import { pageQuery, withPage } from '../../database/page.js';
import { Sql } from '../../database/sql.js';
import { statement, statementFamily, tables, type TablesOf } from '../../database/statement.js';
import { ImageUrls } from '../../images/image-urls.js';
import type { PhotoSchema } from '../../photos/photo.entity.js';
import type { RatingSchema } from '../../ratings/rating.entity.js';
import type { ReadingEntrySchema } from '../../reading-history/reading-entry.entity.js';
import { matchesPattern, matchesUnindexed } from '../../search/conditions.js';
import {
  containing,
  type SearchForm,
  searchTerm,
  searchWithFallback,
  shortTermGrams,
} from '../../search/fold.js';
import { USER_COLUMNS, withImage } from '../../users/user-columns.js';
import type { UserRow } from '../../users/user.repository.js';
import type { USER_ORDERS } from './admin-users.dto.js';
import { totalOf } from '../../database/totals.js';

type Order = (typeof USER_ORDERS)[number];

export interface UserSelection {
  readonly search: string | undefined;
  readonly role: string | undefined;
  readonly order: Order | undefined;
  readonly limit: number;
  readonly offset: number;
}

export interface AdminUserRow extends UserRow {
  readonly logged_in: boolean;
  readonly suspended: boolean;
}

export interface AdminUserDetailRow extends AdminUserRow {
  readonly counts: {
    readonly entries: number;
    readonly ratings: number;
    readonly items: number;
    readonly photos: number;
  };
}

const db = tables<
  | typeof UserSchema
  | typeof SessionSchema
  | typeof RoleSchema
  | typeof UserRoleSchema
  | typeof ReadingEntrySchema
  | typeof RatingSchema
  | typeof CollectionItemSchema
  | typeof PhotoSchema
  | typeof TotalSchema
>();

const USER_ID = sql.ref<string>('u.id');

const LOGGED_IN = hasRows(
  db
    .selectFrom('sessions as s')
    .where('s.user_id', '=', USER_ID)
    .where('s.expires', '>', sql<string>`clock_timestamp()`),
).as('logged_in');

/** The number of the user's rows. */
function count(table: 'reading_entries' | 'ratings' | 'collection_items' | 'photos') {
  return sql`${db
    .selectFrom(table)
    .select(sql`count(*)::int`.as('count'))
    .where('user_id', '=', USER_ID)}`;
}

const COUNTS = sql<AdminUserDetailRow['counts']>`json_build_object(
  'entries', ${count('reading_entries')}, 'ratings', ${count('ratings')},
  'items', ${count('collection_items')}, 'photos', ${count('photos')})`.as('counts');

const FIND = statement('admin-users.find', ({ id }: { id: string }) =>
  db
    .selectFrom('users as u')
    .select(USER_COLUMNS)
    .select(['u.suspended', LOGGED_IN, COUNTS])
    .where('u.id', '=', id),
);

type Key = SortKey<`u.${keyof TablesOf<typeof UserSchema>['users'] & string}`>;

const BY_ID: readonly Key[] = ['u.id'];
const ORDERS: Record<Order, readonly Key[]> = {
  'name-asc': [sql`u.username collate name_order`, 'u.id'],
  'name-desc': [sql`u.username collate name_order desc`, 'u.id'],
  'registered-asc': ['u.registered', 'u.id'],
  'registered-desc': ['u.registered desc', 'u.id'],
};

interface Variant {
  readonly order: Order | null;
  readonly byRole: boolean;
  readonly search: SearchedColumn | null;
}

/** The column that a search compares, and whether the term is too short for its trigram index. */
interface SearchedColumn {
  readonly column: SearchForm['column'];
  readonly isShort: boolean;
}

interface Parameters {
  readonly role: string;
  readonly pattern: string;
  readonly limit: number;
  readonly offset: number;
}

/** Short terms, such as `co`, are in most addresses, so that a sequential scan is faster than the trigram index. */
function matchesSearch({ column, isShort }: SearchedColumn, parameters: Parameters) {
  const text = sql.ref<string>(`u.${column}`);
  return isShort ? matchesUnindexed(text, parameters) : matchesPattern(text, parameters);
}

/** The totals of all users and of a role come from counters; the total of a search is counted. */
const PAGE = statementFamily('admin-users.page', ({ order, byRole, search }: Variant, p: Parameters) => {
  const role = db.selectFrom('roles').where('name', '=', p.role);
  const matching = db
    .selectFrom('users as u')
    .$if(byRole, (q) =>
      q.where(
        hasRows(
          db
            .selectFrom('user_roles as ur')
            .where('ur.user_id', '=', USER_ID)
            .where('ur.role_id', '=', role.select('id')),
        ),
      ),
    )
    .$if(search !== null, (q) => q.where(matchesSearch(search as SearchedColumn, p)));
  const kind = byRole ? sql<string>`'role:' || ${role.select('id')}` : sql.lit('users');
  const keys = sortKeys(order === null ? BY_ID : ORDERS[order]);
  return pageQuery(
    withPage(
      matching
        .select(['u.id', rowNumber(keys).as('position')])
        .orderBy(keys)
        .limit(p.limit)
        .offset(p.offset),
    ),
    () => ({ total: search === null ? totalOf(kind) : rowCount(matching) }),
    () =>
      db
        .withTables<{ page: { id: string; position: number } }>()
        .selectFrom('page')
        .innerJoin('users as u', 'u.id', 'page.id')
        .select(USER_COLUMNS)
        .select(['u.suspended', LOGGED_IN, 'page.position']),
  );
});

@Injectable()
export class AdminUserRepository {
  constructor(
    private readonly sql: Sql,
    private readonly urls: ImageUrls,
  ) {}

  async find(id: string): Promise<AdminUserDetailRow | undefined> {
    const row = await this.sql.row(FIND, { id });
    return row && withImage(this.urls, row);
  }

  async page(selection: UserSelection): Promise<{ total: number; rows: AdminUserRow[] }> {
    return searchWithFallback(searchTerm(selection.search), (form) => this.pageOf(selection, form));
  }

  private async pageOf(
    { role, order, limit, offset }: UserSelection,
    form: SearchForm | null,
  ): Promise<{ total: number; rows: AdminUserRow[] }> {
    const search = form && { column: form.column, isShort: shortTermGrams(form.term) !== null };
    const { header, rows } = await this.sql.page(
      PAGE.of({ order: order ?? null, byRole: role !== undefined, search }),
      {
        role: role ?? '',
        pattern: form === null ? '' : containing(form.term),
        limit,
        offset,
      },
    );
    return { total: header?.total ?? 0, rows: rows.map((row) => withImage(this.urls, row)) };
  }
}
