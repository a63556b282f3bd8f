import { usePermissions } from 'react-admin';
import type { AdminUser, Permission } from '../api/client';

/** What readers have from the start, so that a moderator need not have it. */
const ORDINARY: readonly Permission[] = ['rate-series'];

/**
 * Whether the signed-in user may change another user's way into the account: its address, password, second factor and
 * suspension. The service refuses that for a user with a permission that one lacks, who could be taken over otherwise.
 * False until the permissions are known.
 */
export function useMayReset(user: Pick<AdminUser, 'permissions'> | undefined): boolean {
  const { permissions: held } = usePermissions<Permission[]>();
  if (user === undefined || held === undefined) return false;
  return user.permissions.every((one) => ORDINARY.includes(one) || held.includes(one));
}
