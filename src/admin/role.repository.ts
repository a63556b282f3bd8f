import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { DEFAULT_ROLE } from '../auth/permissions.js';
import { runIn, Sql, statement } from '../database/sql.js';

export interface RoleRow {
  readonly id: number;
  readonly name: string;
  readonly description: string | null;
  /** By name. */
  readonly permissions: string[];
  /** How many users have the role. */
  readonly users: number;
}

export interface PermissionRow {
  readonly name: string;
  readonly description: string;
}

const COLUMNS = `r.id, r.name, r.description,
  array(select permission from role_permissions where role_id = r.id order by 1) as permissions,
  (select coalesce(sum(value), 0)::int from totals where kind = 'role:' || r.id) as users`;

const PAGE = statement(
  'roles.page',
  `select totals.total, page.* from (select count(*)::int as total from roles) as totals
   left join lateral (select ${COLUMNS} from roles r order by r.id limit $1 offset $2) as page on true
   order by page.id`,
);

const PERMISSIONS = statement(
  'permissions.page',
  `select totals.total, page.* from (select count(*)::int as total from permissions) as totals
   left join lateral (
     select name, description from permissions order by name limit $1 offset $2
   ) as page on true
   order by page.name`,
);

const BY_ID = `select ${COLUMNS} from roles r where r.id = $1`;

@Injectable()
export class RoleRepository {
  constructor(private readonly sql: Sql) {}

  async page(limit: number, offset: number): Promise<{ total: number; rows: RoleRow[] }> {
    const rows = await this.sql.rows<RoleRow & { total: number; id: number | null }>(PAGE, [limit, offset]);
    return { total: rows[0]?.total ?? 0, rows: rows.filter(({ id }) => id !== null) };
  }

  async permissions(limit: number, offset: number): Promise<{ total: number; rows: PermissionRow[] }> {
    const rows = await this.sql.rows<PermissionRow & { total: number; name: string | null }>(PERMISSIONS, [
      limit,
      offset,
    ]);
    const shown = rows.filter(({ name }) => name !== null);
    return {
      total: rows[0]?.total ?? 0,
      rows: shown.map(({ name, description }) => ({ name, description })),
    };
  }

  async find(em: EntityManager, id: number): Promise<RoleRow | undefined> {
    return (await runIn<RoleRow>(em, BY_ID, [id]))[0];
  }

  /** Those of the named roles that there are. */
  async named(em: EntityManager, names: readonly string[]): Promise<RoleRow[]> {
    return runIn<RoleRow>(em, `select ${COLUMNS} from roles r where r.name = any($1)`, [names]);
  }

  async ofUser(em: EntityManager, userId: string): Promise<string[]> {
    const rows = await runIn<{ name: string }>(
      em,
      'select r.name from user_roles ur join roles r on r.id = ur.role_id where ur.user_id = $1 order by 1',
      [userId],
    );
    return rows.map(({ name }) => name);
  }

  /** Whether another role has the name, in whatever case. */
  async isTaken(em: EntityManager, name: string, exceptId: number): Promise<boolean> {
    const rows = await runIn(
      em,
      'select from roles where lower(normalize(name, NFKC)) = lower(normalize($1, NFKC)) and id <> $2',
      [name, exceptId],
    );
    return rows.length > 0;
  }

  async create(em: EntityManager, name: string, description: string | null): Promise<number> {
    const [row] = await runIn<{ id: number }>(
      em,
      'insert into roles (name, description) values ($1, $2) returning id',
      [name, description],
    );
    return row?.id as number;
  }

  async rename(em: EntityManager, id: number, name: string, description: string | null): Promise<void> {
    await runIn(em, 'update roles set name = $2, description = $3 where id = $1', [id, name, description]);
  }

  async setPermissions(em: EntityManager, id: number, permissions: readonly string[]): Promise<void> {
    await runIn(em, 'delete from role_permissions where role_id = $1 and permission <> all($2)', [
      id,
      permissions,
    ]);
    await runIn(
      em,
      `insert into role_permissions (role_id, permission) select $1, unnest($2::text[]) on conflict do nothing`,
      [id, permissions],
    );
  }

  async setRoles(em: EntityManager, userId: string, roles: readonly RoleRow[]): Promise<void> {
    const ids = roles.map(({ id }) => id);
    await runIn(em, 'delete from user_roles where user_id = $1 and role_id <> all($2)', [userId, ids]);
    await runIn(
      em,
      `insert into user_roles (user_id, role_id) select $1, unnest($2::int[]) on conflict do nothing`,
      [userId, ids],
    );
  }

  /** Removes a role; its users keep their other roles or, without one, fall back to the default role. */
  async remove(em: EntityManager, id: number): Promise<void> {
    await runIn(
      em,
      `insert into user_roles (user_id, role_id)
       select ur.user_id, (select id from roles where name = $2) from user_roles ur
       where ur.role_id = $1
         and not exists (select from user_roles other where other.user_id = ur.user_id and other.role_id <> $1)`,
      [id, DEFAULT_ROLE],
    );
    await runIn(em, 'delete from user_roles where role_id = $1', [id]);
    await runIn(em, 'delete from roles where id = $1', [id]);
    await runIn(em, "delete from totals where kind = 'role:' || $1::int", [id]);
  }
}
