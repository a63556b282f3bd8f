/** Everything that a role can allow. The database holds the same names: see the first migration. */
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
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** The role that every user has, and the one that may do everything. Both are seeded and stay. */
export const DEFAULT_ROLE = 'user';
export const ADMIN_ROLE = 'admin';
