import type { Expression } from 'kysely';
import { tables } from '../database/statement.js';
import type { RolePermissionSchema, RoleSchema, UserRoleSchema } from './role.entity.js';

const db = tables<typeof RoleSchema | typeof RolePermissionSchema | typeof UserRoleSchema>();

/** The roles `r` of a user. */
export function rolesOf(userId: string | Expression<string>) {
  return db
    .selectFrom('user_roles as ur')
    .innerJoin('roles as r', 'r.id', 'ur.role_id')
    .where('ur.user_id', '=', userId);
}

/** The permissions `rp.permission` of a user, once for each role that grants them. */
export function permissionsOf(userId: string | Expression<string>) {
  return db
    .selectFrom('user_roles as ur')
    .innerJoin('role_permissions as rp', 'rp.role_id', 'ur.role_id')
    .where('ur.user_id', '=', userId);
}
