import Check from '@mui/icons-material/Check';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { visuallyHidden } from '@mui/utils';
import { DataTable, SimpleList, useTranslate } from 'react-admin';
import type { Permission, Role } from '../api/client';
import { Chips } from '../common/chips';
import { CreateAction } from '../common/create-action';
import { Empty } from '../common/empty';
import { PageList, useIsNarrow } from '../common/page-list';
import { useMay } from '../common/permissions';
import { RecordLink } from '../common/record-link';
import { PERMISSIONS } from './permissions';

/** The matrix: a row for each role, a column for each permission. */
export default function RoleList() {
  const isNarrow = useIsNarrow('lg');
  const rowClick = useMay('edit-roles') ? 'edit' : false;
  return (
    <PageList actions={<CreateAction />} pagination={false} sort={{ field: 'id', order: 'ASC' }}>
      {isNarrow ? (
        <SimpleList<Role>
          primaryText={(role) => role.name}
          secondaryText={(role) => <Granted role={role} />}
          tertiaryText={(role) => <Users count={role.users} />}
          rowClick={rowClick}
          empty={<Empty />}
          sx={{ '& .MuiListItemText-secondary': { mt: 1 } }}
        />
      ) : (
        <DataTable<Role>
          rowClick={rowClick}
          bulkActionButtons={false}
          empty={<Empty />}
          sx={{
            '& .RaDataTable-headerCell': { verticalAlign: 'bottom', lineHeight: 1.3 },
            '& th, & td': { px: 1 },
            '& td:not(.column-name)': { minWidth: 0 },
          }}
        >
          <DataTable.Col source="name" disableSort render={(role: Role) => <Name role={role} />} />
          <DataTable.NumberCol source="users" disableSort />
          {PERMISSIONS.map((permission) => (
            <DataTable.Col
              key={permission}
              label={`resources.roles.permissions.${permission}`}
              disableSort
              render={(role: Role) => <Cell permission={permission} role={role} />}
            />
          ))}
        </DataTable>
      )}
    </PageList>
  );
}

function Name({ role }: { role: Role }) {
  const mayEdit = useMay('edit-roles');
  return (
    <>
      <Typography variant="body2" sx={{ fontWeight: 600 }}>
        {mayEdit ? (
          <RecordLink resource="roles" id={role.id} type="edit">
            {role.name}
          </RecordLink>
        ) : (
          role.name
        )}
      </Typography>
      <Typography variant="caption" color="textSecondary">
        {role.description}
      </Typography>
    </>
  );
}

function Cell({ permission, role }: { permission: Permission; role: Role }) {
  const translate = useTranslate();
  const isGranted = role.permissions.includes(permission);
  return (
    <>
      {isGranted && <Check color="primary" fontSize="small" />}
      <Box component="span" sx={visuallyHidden}>
        {translate(isGranted ? 'ra.boolean.true' : 'ra.boolean.false')}
      </Box>
    </>
  );
}

function Granted({ role }: { role: Role }) {
  const translate = useTranslate();
  const granted = PERMISSIONS.filter((permission) => role.permissions.includes(permission));
  return (
    <Chips labels={granted.map((permission) => translate(`resources.roles.permissions.${permission}`))} />
  );
}

function Users({ count }: { count: number }) {
  return useTranslate()('resources.roles.user_count', { smart_count: count });
}
