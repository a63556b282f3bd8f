import { AutocompleteArrayInput, type AutocompleteArrayInputProps, usePermissions } from 'react-admin';
import type { Permission } from '../api/client';
import { useAllRoles } from './all-roles';

/**
 * Chooses roles by name. Roles with a permission that the signed-in user lacks are disabled, because the service refuses
 * them.
 *
 * @param props `allowed` the names of roles that can be chosen nevertheless, even without the permission to see roles
 */
export function RolesInput(
  props: { allowed: readonly string[] } & Pick<AutocompleteArrayInputProps, 'validate' | 'helperText'>,
) {
  const { allowed, ...rest } = props;
  const { permissions: held = [] } = usePermissions<Permission[]>();
  const roles = useAllRoles();
  const refused = new Set(
    roles
      .filter(
        ({ name, permissions }) => !allowed.includes(name) && !permissions.every((one) => held.includes(one)),
      )
      .map(({ name }) => name),
  );
  const names = [...new Set([...allowed, ...roles.map(({ name }) => name)])];
  return (
    <AutocompleteArrayInput
      source="roles"
      choices={names.map((name) => ({ id: name, name }))}
      getOptionDisabled={({ id }: { id: string }) => refused.has(id)}
      translateChoice={false}
      {...rest}
    />
  );
}
