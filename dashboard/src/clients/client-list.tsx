import Chip from '@mui/material/Chip';
import { DataTable, DateField, SimpleList, useTranslate } from 'react-admin';
import type { Client } from '../api/client';
import { Chips } from '../common/chips';
import { CreateAction } from '../common/create-action';
import { Empty } from '../common/empty';
import { PageList, useIsNarrow } from '../common/page-list';
import { RecordLink } from '../common/record-link';

export default function ClientList() {
  const isNarrow = useIsNarrow();
  return (
    <PageList actions={<CreateAction />}>
      {isNarrow ? (
        <SimpleList<Client>
          primaryText={(client) => `${client.name} (${client.id})`}
          secondaryText={(client) => client.url ?? ''}
          tertiaryText={(client) => <State client={client} />}
          rowClick="edit"
          empty={<Empty />}
        />
      ) : (
        <DataTable<Client> rowClick="edit" bulkActionButtons={false} empty={<Empty />}>
          <DataTable.Col source="id" disableSort />
          <DataTable.Col
            source="name"
            disableSort
            render={({ id, name }: Client) => (
              <RecordLink resource="clients" id={id} type="edit">
                {name}
              </RecordLink>
            )}
          />
          <DataTable.Col source="url" disableSort />
          <DataTable.Col
            source="scopes"
            disableSort
            render={({ scopes }: Client) => <Chips labels={scopes} />}
          />
          <DataTable.Col source="created" disableSort>
            <DateField source="created" />
          </DataTable.Col>
          <DataTable.Col
            source="enabled"
            disableSort
            render={(client: Client) => <State client={client} />}
          />
        </DataTable>
      )}
    </PageList>
  );
}

function State({ client: { enabled } }: { client: Client }) {
  const translate = useTranslate();
  return (
    <Chip
      component="span"
      size="small"
      variant="outlined"
      color={enabled ? 'default' : 'error'}
      label={translate(`resources.clients.states.${enabled ? 'enabled' : 'disabled'}`)}
    />
  );
}
