import type { ReactElement } from 'react';
import { AccessDenied, Authenticated, Loading, usePermissions } from 'react-admin';
import type { Permission } from '../api/client';

/** A page that needs a sign-in, and perhaps a permission. */
export function Guarded({ permission, children }: { permission: Permission | null; children: ReactElement }) {
  const { permissions, isPending } = usePermissions<Permission[]>();
  return <Authenticated>{guarded()}</Authenticated>;

  function guarded(): ReactElement {
    if (permission === null) return children;
    if (isPending) return <Loading />;
    return permissions?.includes(permission) ? children : <AccessDenied />;
  }
}
