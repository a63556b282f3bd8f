import Alert from '@mui/material/Alert';
import {
  CheckboxGroupInput,
  maxLength,
  required,
  TextInput,
  usePermissions,
  useTranslate,
} from 'react-admin';
import type { Permission, Role } from '../api/client';
import { hasAll, isSeeded, PERMISSIONS } from './permissions';

/** The fields of a role's form. Permissions that the user does not hold can be taken away, but not granted. */
export function RoleFields({ role }: { role?: Role }) {
  const translate = useTranslate();
  const { permissions: held = [] } = usePermissions<Permission[]>();
  const choices = PERMISSIONS.map((id) => ({
    id,
    name: translate(`resources.roles.permissions.${id}`),
    disabled:
      role !== undefined && hasAll(role) ? true : !held.includes(id) && !role?.permissions.includes(id),
  }));
  const isNameFixed = role !== undefined && isSeeded(role);
  return (
    <>
      {isNameFixed && (
        <Alert severity="info" sx={{ mb: 2 }}>
          {translate('resources.roles.fixed_name')}
        </Alert>
      )}
      <TextInput source="name" validate={[required(), maxLength(50)]} readOnly={isNameFixed} />
      <TextInput source="description" validate={maxLength(200)} />
      <CheckboxGroupInput
        source="permissions"
        choices={choices}
        disableValue="disabled"
        translateChoice={false}
        row={false}
        helperText={
          role !== undefined && hasAll(role) ? 'resources.roles.has_all' : 'resources.roles.held_only'
        }
      />
    </>
  );
}
