import { Injectable } from '@nestjs/common';
import { Sql, Statements, statement } from '../../database/sql.js';
import { ImageUrls } from '../../images/image-urls.js';
import { containing, type SearchForm, searchTerm, searchTwice, shortTermGrams } from '../../search/fold.js';
import { USER_COLUMNS, type UserRow, type WithAvatar, withImage } from '../../users/user.repository.js';
import type { USER_ORDERS } from './admin-users.dto.js';

export interface UserSelection {
  readonly search: string | undefined;
  readonly role: string | undefined;
  readonly order: (typeof USER_ORDERS)[number] | undefined;
  readonly limit: number;
  readonly offset: number;
}

export interface AdminUserRow extends UserRow {
  readonly logged_in: boolean;
}

export interface AdminUserDetailRow extends AdminUserRow {
  readonly counts: {
    readonly entries: number;
    readonly ratings: number;
    readonly items: number;
    readonly photos: number;
  };
}

const LOGGED_IN =
  'exists (select from sessions s where s.user_id = u.id and s.expires > clock_timestamp()) as logged_in';

const ORDERS = {
  id: 'u.id',
  'name-asc': 'u.username collate name_order, u.id',
  'name-desc': 'u.username collate name_order desc, u.id',
  'registered-asc': 'u.registered, u.id',
  'registered-desc': 'u.registered desc, u.id',
} as const;

const count = (table: string) => `(select count(*)::int from ${table} where user_id = u.id)`;

const GET = statement(
  'admin.user',
  `select ${USER_COLUMNS}, ${LOGGED_IN},
     json_build_object('entries', ${count('reading_entries')}, 'ratings', ${count('ratings')},
       'items', ${count('collection_items')}, 'photos', ${count('photos')}) as counts
   from users u where u.id = $1`,
);

/**
 * A folded term in the users' texts. Short ones, such as `co`, are in most addresses, so that reading all is faster than
 * any index; the comparison is kept from the trigrams' index, which would be read whole for it.
 */
function matching({ column, term }: SearchForm, bind: (value: unknown) => string): string {
  const text = shortTermGrams(term) === null ? `u.${column}` : `(u.${column} || '')`;
  return `${text} like ${bind(containing(term))}::text`;
}

@Injectable()
export class AdminUserRepository {
  private readonly statements = new Statements('admin.users');

  constructor(
    private readonly sql: Sql,
    private readonly urls: ImageUrls,
  ) {}

  async find(id: string): Promise<AdminUserDetailRow | undefined> {
    const row = await this.sql.row<WithAvatar<AdminUserDetailRow>>(GET, [id]);
    return row && withImage(this.urls, row);
  }

  /** A page of users; the total of all users or of a role is the one that is kept, that of a search is counted. */
  async page(selection: UserSelection): Promise<{ total: number; rows: AdminUserRow[] }> {
    return searchTwice(searchTerm(selection.search), (form) => this.pageOf(selection, form));
  }

  private async pageOf(
    selection: UserSelection,
    search: SearchForm | null,
  ): Promise<{ total: number; rows: AdminUserRow[] }> {
    const values: unknown[] = [selection.limit, selection.offset];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const role = selection.role === undefined ? null : bind(selection.role);
    const conditions = [
      ...(role === null
        ? []
        : [
            `exists (select from user_roles ur where ur.user_id = u.id
               and ur.role_id = (select id from roles where name = ${role}))`,
          ]),
      ...(search === null ? [] : [matching(search, bind)]),
    ];
    const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
    const kept = role === null ? "'users'" : `(select 'role:' || id from roles where name = ${role})`;
    const total =
      search === null
        ? `select coalesce(sum(value), 0)::int from totals where kind = ${kept}`
        : `select count(*)::int from users u ${where}`;
    const order = ORDERS[selection.order ?? 'id'];
    // The page is found by its order's index alone; what is shown of a user is looked up for the page's users only.
    const text = `with page as materialized (
        select u.id, row_number() over (order by ${order}) as position
        from users u ${where} order by ${order} limit $1 offset $2
      )
      select (${total}) as total, shown.* from (select) as one left join lateral (
        select ${USER_COLUMNS}, ${LOGGED_IN}, page.position from page join users u on u.id = page.id
      ) as shown on true
      order by shown.position`;
    const rows = await this.sql.rows<WithAvatar<AdminUserRow> & { total: number; id: string | null }>(
      this.statements.of(text),
      values,
    );
    return {
      total: rows[0]?.total ?? 0,
      rows: rows.filter(({ id }) => id !== null).map((row) => withImage(this.urls, row)),
    };
  }
}
