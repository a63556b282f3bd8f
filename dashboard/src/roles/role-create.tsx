import type { Role } from '../api/client';
import { PageCreate } from '../common/page-create';
import { RoleFields } from './role-fields';

export default function RoleCreate() {
  return (
    <PageCreate<Role> defaultValues={{ permissions: [] }}>
      <RoleFields />
    </PageCreate>
  );
}
