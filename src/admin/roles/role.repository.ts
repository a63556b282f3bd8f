import { InjectRepository } from '@mikro-orm/nestjs';
import { EntityManager, EntityRepository } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { DEFAULT_ROLE } from '../../accounts/permissions.js';
import {
  type Permission,
  PermissionSchema,
  type Role,
  RolePermissionSchema,
  RoleSchema,
  UserRoleSchema,
} from '../../accounts/role.entity.js';
import { permissionsOf, rolesOf } from '../../accounts/user-roles.js';
import { TotalSchema } from '../../database/counters.entity.js';
import { anyOf, rowCount, rowNumber } from '../../database/expressions.js';
import { ONE_ROW, pageQuery } from '../../database/page.js';
import { Sql } from '../../database/sql.js';
import { statement, tables } from '../../database/statement.js';
import { totalOf } from '../../database/totals.js';

export interface RoleRow {
  readonly id: number;
  readonly name: string;
  readonly description: string | null;
  /** By name. */
  readonly permissions: string[];
  /** Number of users who have the role. */
  readonly users: number;
}

interface Range {
  readonly limit: number;
  readonly offset: number;
}

const db = tables<
  | typeof RoleSchema
  | typeof PermissionSchema
  | typeof RolePermissionSchema
  | typeof UserRoleSchema
  | typeof TotalSchema
>();

/** Roles with their permissions and the number of their users. */
const ROLES = db.selectFrom('roles as r').select((eb) => [
  'r.id',
  'r.name',
  'r.description',
  // Kysely has no form for an array of a subquery.
  sql<string[]>`array(${eb
    .selectFrom('role_permissions as rp')
    .select('rp.permission')
    .whereRef('rp.role_id', '=', 'r.id')
    .orderBy('rp.permission')})`.as('permissions'),
  totalOf(sql<string>`'role:' || r.id`).as('users'),
]);

const PAGE = statement('roles.page', ({ limit, offset }: Range) =>
  pageQuery(
    ONE_ROW,
    () => ({ total: rowCount(db.selectFrom('roles')) }),
    () => ROLES.select('r.id as position').orderBy('r.id').limit(limit).offset(offset),
  ),
);

const PERMISSIONS = statement('permissions.page', ({ limit, offset }: Range) =>
  pageQuery(
    ONE_ROW,
    () => ({
      total: rowCount(db.selectFrom('permissions')),
    }),
    () =>
      db
        .selectFrom('permissions')
        .select(['name', 'description', rowNumber(sql.ref('name')).as('position')])
        .orderBy('name')
        .limit(limit)
        .offset(offset),
  ),
);

const FIND = statement('roles.find', ({ id }: { id: number }) => ROLES.where('r.id', '=', id));
const FIND_BY_NAMES = statement('roles.find-by-names', ({ names }: { names: readonly string[] }) =>
  ROLES.where('r.name', '=', anyOf(names, 'text[]')),
);

const OF_USER = statement('roles.of-user', ({ userId }: { userId: string }) =>
  rolesOf(userId).select('r.name').orderBy('r.name'),
);
const PERMISSIONS_OF_USER = statement('permissions.of-user', ({ userId }: { userId: string }) =>
  permissionsOf(userId).select('rp.permission').distinct(),
);

/** The permissions of a user's roles, without those that the default role grants to everyone. */
const SPECIAL_PERMISSIONS = statement(
  'permissions.special',
  ({ userId, role }: { userId: string; role: string }) =>
    permissionsOf(userId)
      .select('rp.permission')
      .distinct()
      .where('rp.permission', 'not in', (eb) =>
        eb
          .selectFrom('role_permissions as common')
          .innerJoin('roles as r', 'r.id', 'common.role_id')
          .select('common.permission')
          .where('r.name', '=', role),
      ),
);

const FIND_SAME_NAME = statement(
  'roles.find-same-name',
  ({ name, exceptId }: { name: string; exceptId: number }) =>
    db
      .selectFrom('roles')
      .select('id')
      .where(sql`lower(normalize(name, NFKC))`, '=', sql`lower(normalize(${name}, NFKC))`)
      .where('id', '<>', exceptId),
);

/** Gives the default role to the users who have no other role than the given one. */
const FALL_BACK = statement('roles.fall-back', ({ id, fallback }: { id: number; fallback: string }) =>
  db
    .insertInto('user_roles')
    .columns(['user_id', 'role_id'])
    .expression((eb) =>
      eb
        .selectFrom('user_roles as ur')
        .innerJoin('roles as r', (join) => join.on('r.name', '=', fallback))
        .select(['ur.user_id', 'r.id'])
        .where('ur.role_id', '=', id)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('user_roles as other')
                .select('other.role_id')
                .whereRef('other.user_id', '=', 'ur.user_id')
                .where('other.role_id', '<>', id),
            ),
          ),
        ),
    ),
);

@Injectable()
export class RoleRepository {
  constructor(
    private readonly sql: Sql,
    private readonly em: EntityManager,
    @InjectRepository(RoleSchema) private readonly roles: EntityRepository<Role>,
  ) {}

  async page(limit: number, offset: number): Promise<{ total: number; rows: RoleRow[] }> {
    const { header, rows } = await this.sql.page(PAGE, { limit, offset });
    return { total: header?.total ?? 0, rows };
  }

  async permissions(limit: number, offset: number): Promise<{ total: number; rows: Permission[] }> {
    const { header, rows } = await this.sql.page(PERMISSIONS, { limit, offset });
    return {
      total: header?.total ?? 0,
      rows: rows.map(({ name, description }) => ({ name, description })),
    };
  }

  async find(id: number): Promise<RoleRow | undefined> {
    return this.sql.row(FIND, { id });
  }

  /** The roles with these names; unknown names are left out. */
  async findByNames(names: readonly string[]): Promise<RoleRow[]> {
    return this.sql.rows(FIND_BY_NAMES, { names });
  }

  /** The names of a user's roles, in order. */
  async rolesOf(userId: string): Promise<string[]> {
    const rows = await this.sql.rows(OF_USER, { userId });
    return rows.map(({ name }) => name);
  }

  /** The permissions of all roles of a user. */
  async permissionsOf(userId: string): Promise<Set<string>> {
    const rows = await this.sql.rows(PERMISSIONS_OF_USER, { userId });
    return new Set(rows.map(({ permission }) => permission));
  }

  /** The permissions of all roles of a user, beyond those of the default role. */
  async specialPermissionsOf(userId: string): Promise<string[]> {
    const rows = await this.sql.rows(SPECIAL_PERMISSIONS, { userId, role: DEFAULT_ROLE });
    return rows.map(({ permission }) => permission);
  }

  /** Whether another role has the name, regardless of case and Unicode form. */
  async isTaken(name: string, exceptId: number): Promise<boolean> {
    return (await this.sql.row(FIND_SAME_NAME, { name, exceptId })) !== undefined;
  }

  /** @returns the id */
  async create(name: string, description: string | null): Promise<number> {
    return this.roles.insert({ name, description });
  }

  async update(id: number, name: string, description: string | null): Promise<void> {
    await this.roles.nativeUpdate({ id }, { name, description });
  }

  async setPermissions(id: number, permissions: readonly string[]): Promise<void> {
    await this.em.nativeDelete(RolePermissionSchema, { role: id, permission: { $nin: [...permissions] } });
    const rows = permissions.map((permission) => ({ role: id, permission }));
    if (rows.length > 0) await this.em.upsertMany(RolePermissionSchema, rows, { onConflictAction: 'ignore' });
  }

  async setRoles(userId: string, roles: readonly RoleRow[]): Promise<void> {
    const ids = roles.map(({ id }) => id);
    await this.em.nativeDelete(UserRoleSchema, { user: userId, role: { $nin: ids } });
    const rows = ids.map((role) => ({ user: userId, role }));
    if (rows.length > 0) await this.em.upsertMany(UserRoleSchema, rows, { onConflictAction: 'ignore' });
  }

  /** Deletes a role; its users keep their other roles or, without one, get the default role. */
  async delete(id: number): Promise<void> {
    await this.sql.rows(FALL_BACK, { id, fallback: DEFAULT_ROLE });
    await this.em.nativeDelete(UserRoleSchema, { role: id });
    await this.roles.nativeDelete({ id });
    await this.em.nativeDelete(TotalSchema, { kind: `role:${id}` });
  }
}
