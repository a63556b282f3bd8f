import type { Permission, Role } from '../api/client';

/** All permissions, in the order of the matrix. */
const IN_ORDER: Readonly<Record<Permission, number>> = {
  'view-users': 0,
  'edit-users': 1,
  'delete-users': 2,
  'view-roles': 3,
  'edit-roles': 4,
  'moderate-images': 5,
  'manage-catalog': 6,
  'manage-clients': 7,
  'view-audit-log': 8,
  'rate-series': 9,
};

export const PERMISSIONS = Object.keys(IN_ORDER) as Permission[];

/** The roles that the service itself needs: they keep their names and stay, and one of them has all permissions. */
export const DEFAULT_ROLE = 'user';
const ADMIN_ROLE = 'admin';

export function isSeeded({ name }: Pick<Role, 'name'>): boolean {
  return name === DEFAULT_ROLE || name === ADMIN_ROLE;
}

export function hasAll({ name }: Pick<Role, 'name'>): boolean {
  return name === ADMIN_ROLE;
}
