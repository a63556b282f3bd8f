import { useQuery } from '@tanstack/react-query';
import { type Role, rolesList } from '../api/client';
import { answer } from '../api/problem';
import { allRows } from '../common/all-rows';
import { useMay } from '../common/permissions';

export function readAllRoles(): Promise<Role[]> {
  return allRows(async (query) => {
    const { roles, total } = await answer(rolesList({ query }));
    return { rows: roles, total };
  });
}

/** All roles; none if the user may not see roles. */
export function useAllRoles(): readonly Role[] {
  const mayView = useMay('view-roles');
  const { data } = useQuery({ queryKey: ['roles', 'all'], queryFn: readAllRoles, enabled: mayView });
  return data ?? [];
}
