/**
 * All permissions. The table `permissions` has the same names; a new permission needs a migration that inserts it and
 * grants it to the role `admin`.
 */
export const PERMISSIONS = [
  'rate-series',
  'view-users',
  'edit-users',
  'delete-users',
  'view-roles',
  'edit-roles',
  'view-audit-log',
  'manage-clients',
  'manage-catalog',
  'moderate-images',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** The role that every user has, and the role that has all permissions. Both are seeded and cannot be deleted. */
export const DEFAULT_ROLE = 'user';
export const ADMIN_ROLE = 'admin';
