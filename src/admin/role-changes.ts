import type { EntityManager } from '@mikro-orm/postgresql';
import type { Viewer } from '../auth/access.js';
import type { Permission } from '../auth/permissions.js';
import { runIn } from '../database/sql.js';
import { forbidden } from '../http/app-error.js';

/** Who changes roles or who has them: what they may give away at this moment. */
export interface Grantor {
  /** @throws forbidden for a permission that the grantor does not hold */
  requireAll(permissions: Iterable<string>): void;
}

/**
 * Begins a change of roles, or of who has them, in the caller's transaction. All such changes take turns, so that each
 * sees what the one before it has done to whoever asks: of two administrators who demote each other at once, one is
 * none any more when their turn comes.
 *
 * @throws forbidden when the viewer no longer holds the permission
 */
export async function beginRoleChange(
  em: EntityManager,
  { userId }: Viewer,
  permission: Permission,
): Promise<Grantor> {
  await runIn(em, "select id from roles where name = 'admin' for update");
  const rows = await runIn<{ permission: string }>(
    em,
    `select rp.permission from user_roles ur join role_permissions rp on rp.role_id = ur.role_id
     where ur.user_id = $1`,
    [userId],
  );
  const held = new Set(rows.map((row) => row.permission));
  if (!held.has(permission)) throw forbidden();
  return {
    requireAll: (permissions) => {
      for (const wanted of permissions) if (!held.has(wanted)) throw forbidden();
    },
  };
}
