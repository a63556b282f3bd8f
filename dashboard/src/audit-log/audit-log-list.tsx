import Box from '@mui/material/Box';
import MuiList from '@mui/material/List';
import ListItem from '@mui/material/ListItem';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { DataTable, DateInput, Loading, SelectInput, TextInput, useListContext } from 'react-admin';
import type { AuditEntry } from '../api/client';
import { Empty } from '../common/empty';
import { useFormatTime } from '../common/format';
import { PageList, useIsNarrow } from '../common/page-list';
import { UserFilter } from '../users/user-filter';
import { useActionText } from './action-text';
import { allActions } from './audit-log.data';
import { Actor, Target } from './audit-names';
import { AuditChanges } from './audit-changes';

export default function AuditLogList() {
  const isNarrow = useIsNarrow();
  return <PageList filters={useFilters()}>{isNarrow ? <Cards /> : <Table />}</PageList>;
}

function Table() {
  return (
    <DataTable<AuditEntry>
      rowClick={false}
      bulkActionButtons={false}
      empty={<Empty />}
      sx={{ '& td': { verticalAlign: 'top' } }}
    >
      <DataTable.Col source="at" disableSort render={(entry: AuditEntry) => <Time entry={entry} />} />
      <DataTable.Col source="action" disableSort render={(entry: AuditEntry) => <Action entry={entry} />} />
      <DataTable.Col source="actor" disableSort render={(entry: AuditEntry) => <Actor entry={entry} />} />
      <DataTable.Col source="target" disableSort render={(entry: AuditEntry) => <Target entry={entry} />} />
      <DataTable.Col
        source="changes"
        disableSort
        render={(entry: AuditEntry) => <AuditChanges entry={entry} />}
      />
      <DataTable.Col source="ip" disableSort />
    </DataTable>
  );
}

function Cards() {
  const { data, isPending } = useListContext<AuditEntry>();
  if (isPending) return <Loading />;
  if (data === undefined || data.length === 0) return <Empty />;
  return (
    <MuiList disablePadding>
      {data.map((entry) => (
        <ListItem key={entry.id} divider sx={{ display: 'block', overflowWrap: 'anywhere' }}>
          <Action entry={entry} />
          <Typography variant="body2" color="textSecondary">
            <Time entry={entry} />
            {entry.ip !== '' && ` · ${entry.ip}`}
          </Typography>
          <Typography variant="body2" component="div">
            <Actor entry={entry} /> {entry.target !== null && <>→ </>}
            <Target entry={entry} />
          </Typography>
          <Box sx={{ mt: 1 }}>
            <AuditChanges entry={entry} />
          </Box>
        </ListItem>
      ))}
    </MuiList>
  );
}

function Time({ entry: { at } }: { entry: AuditEntry }) {
  return useFormatTime()(at);
}

function Action({ entry: { action } }: { entry: AuditEntry }) {
  return useActionText()(action);
}

function useFilters() {
  const textOf = useActionText();
  const { data: actions = [] } = useQuery({ queryKey: ['audit-actions'], queryFn: allActions });
  return [
    <SelectInput
      key="action"
      source="action"
      alwaysOn
      choices={actions.map(({ name, description }) => ({ id: name, name: textOf(name, description) }))}
      translateChoice={false}
    />,
    <UserFilter key="actor" source="actor" label="resources.audit-log.fields.actor" alwaysOn />,
    <TextInput key="target" source="target" label="resources.audit-log.fields.target_id" alwaysOn />,
    <DateInput key="since" source="since" alwaysOn />,
    <DateInput key="until" source="until" alwaysOn />,
  ];
}
