import { type NewRole, type Role, type RoleChanges, rolesCreate, rolesUpdate } from '../api/client';
import type { ResourceData } from '../api/data-provider';
import { answer, Problem } from '../api/problem';
import { readAllRoles } from './all-roles';

export const rolesData: ResourceData<Role> = {
  // The matrix shows all roles.
  list: async () => {
    const rows = await readAllRoles();
    return { rows, total: rows.length };
  },
  get: async (id) => {
    const role = (await readAllRoles()).find((one) => String(one.id) === String(id));
    if (role === undefined) throw new Problem(404, 'Role not found');
    return role;
  },
  create: ({ name, description, permissions = [] }) =>
    answer(rolesCreate({ body: { name, description, permissions } as NewRole })),
  update: (id, changes) => answer(rolesUpdate({ path: { id: Number(id) }, body: changes as RoleChanges })),
};
