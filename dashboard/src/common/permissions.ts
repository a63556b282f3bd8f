import { usePermissions } from 'react-admin';
import type { Permission } from '../api/client';

/** Whether the signed-in user has a permission; false until that is known. */
export function useMay(permission: Permission): boolean {
  const { permissions } = usePermissions<Permission[]>();
  return permissions?.includes(permission) ?? false;
}
