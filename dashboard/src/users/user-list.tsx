import Avatar from '@mui/material/Avatar';
import Chip from '@mui/material/Chip';
import Stack from '@mui/material/Stack';
import {
  DataTable,
  DateField,
  SearchInput,
  SelectInput,
  SimpleList,
  useRecordContext,
  useTranslate,
} from 'react-admin';
import type { AdminUser } from '../api/client';
import { Chips } from '../common/chips';
import { Empty } from '../common/empty';
import { PageList, useIsNarrow } from '../common/page-list';
import { RecordLink } from '../common/record-link';
import { useAllRoles } from '../roles/all-roles';

export default function UserList() {
  const isNarrow = useIsNarrow();
  return (
    <PageList filters={useFilters()} sort={{ field: 'registered', order: 'DESC' }}>
      {isNarrow ? (
        <SimpleList<AdminUser>
          primaryText={(user) => user.username}
          secondaryText={(user) => user.email ?? ''}
          tertiaryText={() => <UserState />}
          leftIcon={() => <UserPicture />}
          rowClick="show"
          empty={<Empty />}
        />
      ) : (
        <DataTable<AdminUser> rowClick="show" bulkActionButtons={false} empty={<Empty />}>
          <DataTable.Col source="username">
            <UserName />
          </DataTable.Col>
          <DataTable.Col
            source="name"
            disableSort
            render={(user: AdminUser) => [user.first_name, user.last_name].filter(Boolean).join(' ')}
          />
          <DataTable.Col source="email" disableSort />
          <DataTable.Col source="roles" disableSort>
            <UserRoles />
          </DataTable.Col>
          <DataTable.Col source="registered">
            <DateField source="registered" />
          </DataTable.Col>
          <DataTable.Col source="state" disableSort>
            <UserState />
          </DataTable.Col>
        </DataTable>
      )}
    </PageList>
  );
}

function useFilters() {
  const translate = useTranslate();
  const roles = useAllRoles();
  const search = (
    <SearchInput
      key="search"
      source="search"
      alwaysOn
      sx={{ minWidth: { sm: 340 } }}
      placeholder={translate('resources.users.fields.search')}
      slotProps={{ htmlInput: { 'aria-label': translate('resources.users.fields.search'), maxLength: 200 } }}
    />
  );
  if (roles.length === 0) return [search];
  const role = (
    <SelectInput
      key="role"
      source="role"
      alwaysOn
      label="resources.users.fields.role"
      choices={roles.map(({ name }) => ({ id: name, name }))}
      translateChoice={false}
    />
  );
  return [search, role];
}

function UserName() {
  const user = useRecordContext<AdminUser>();
  return (
    <Stack direction="row" spacing={1} sx={{ alignItems: 'center' }}>
      <UserPicture />
      {user !== undefined && (
        <RecordLink resource="users" id={user.id} type="show">
          {user.username}
        </RecordLink>
      )}
    </Stack>
  );
}

function UserPicture() {
  const user = useRecordContext<AdminUser>();
  if (user === undefined) return null;
  const { username, profile_image: picture } = user;
  return (
    <Avatar
      {...(picture === null ? {} : { src: picture })}
      alt=""
      sx={{ width: 30, height: 30, fontSize: 14 }}
    >
      {username.slice(0, 1).toUpperCase()}
    </Avatar>
  );
}

function UserRoles() {
  const user = useRecordContext<AdminUser>();
  return <Chips labels={user?.roles ?? []} />;
}

/** Whether the user is suspended or signed in; nothing for the others. */
function UserState() {
  const translate = useTranslate();
  const user = useRecordContext<AdminUser>();
  if (user?.suspended) {
    return (
      <Chip
        label={translate('resources.users.states.suspended')}
        size="small"
        color="error"
        variant="outlined"
      />
    );
  }
  if (user?.logged_in) {
    return <Chip label={translate('resources.users.states.logged_in')} size="small" variant="outlined" />;
  }
  return null;
}
