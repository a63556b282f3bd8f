import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { totalCounterTriggers } from '../database/counter-triggers.js';
import { UserSchema } from './user.entity.js';

export const PermissionSchema = defineEntity({
  name: 'Permission',
  tableName: 'permissions',
  properties: { name: p.text().primary(), description: p.text() },
});

export type Permission = InferEntity<typeof PermissionSchema>;

/** A named set of permissions. */
export const RoleSchema = defineEntity({
  name: 'Role',
  tableName: 'roles',
  properties: {
    id: p.integer().primary().autoincrement(),
    name: p.text().unique(),
    description: p.text().nullable(),
  },
});

export type Role = InferEntity<typeof RoleSchema>;

export const RolePermissionSchema = defineEntity({
  name: 'RolePermission',
  tableName: 'role_permissions',
  properties: {
    role: p.manyToOne(RoleSchema).primary().deleteRule('cascade'),
    permission: p.manyToOne(PermissionSchema).primary().fieldName('permission').deleteRule('cascade'),
  },
});

export const UserRoleSchema = defineEntity({
  name: 'UserRole',
  tableName: 'user_roles',
  triggers: totalCounterTriggers('user_roles', 'role', ['insert', 'delete'], 'count_role_users'),
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    role: p.manyToOne(RoleSchema).primary().deleteRule('cascade').index(),
  },
});
