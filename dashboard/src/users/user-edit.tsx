import Grid from '@mui/material/Grid';
import Typography from '@mui/material/Typography';
import {
  BooleanInput,
  maxLength,
  minLength,
  required,
  TextInput,
  useRecordContext,
  useTranslate,
} from 'react-admin';
import type { AdminUser } from '../api/client';
import { PageEdit } from '../common/page-edit';
import { PROFILE_LINKS } from '../common/profile-links';
import { RolesInput } from '../roles/roles-input';
import { useMayReset } from './may-reset';

export default function UserEdit() {
  return (
    <PageEdit redirect="show">
      <Fields />
    </PageEdit>
  );
}

function Fields() {
  const translate = useTranslate();
  const mayReset = useMayReset(useRecordContext<AdminUser>());
  return (
    <Grid container columnSpacing={2} sx={{ width: '100%' }}>
      <Grid size={{ xs: 12, sm: 6 }}>
        <TextInput source="username" validate={[required(), minLength(3), maxLength(20)]} />
      </Grid>
      <Grid size={{ xs: 12, sm: 6 }}>
        <TextInput
          source="email"
          type="email"
          validate={maxLength(50)}
          {...(mayReset ? {} : { readOnly: true, helperText: 'resources.users.more_permissions' })}
        />
      </Grid>
      <Grid size={{ xs: 12, sm: 6 }}>
        <TextInput source="first_name" validate={maxLength(20)} />
      </Grid>
      <Grid size={{ xs: 12, sm: 6 }}>
        <TextInput source="last_name" validate={maxLength(20)} />
      </Grid>
      <Grid size={12}>
        <Roles />
        <BooleanInput source="age_verified" />
      </Grid>
      <Grid size={12}>
        <Typography variant="h2" sx={{ mt: 1 }}>
          {translate('resources.users.sections.links')}
        </Typography>
      </Grid>
      {PROFILE_LINKS.map((name) => (
        <Grid key={name} size={{ xs: 12, sm: 6 }}>
          <TextInput source={name} type="url" validate={maxLength(100)} />
        </Grid>
      ))}
    </Grid>
  );
}

/** The user's roles. Those that the user has can be chosen again after they were taken away. */
function Roles() {
  const user = useRecordContext<AdminUser>();
  return (
    <RolesInput allowed={user?.roles ?? []} validate={required()} helperText="resources.users.role_help" />
  );
}
