import { BooleanInput } from 'react-admin';
import { PageEdit } from '../common/page-edit';
import { ClientActions } from './client-actions';
import { ClientFields } from './client-fields';

export default function ClientEdit() {
  return (
    <PageEdit actions={<ClientActions />}>
      <ClientFields />
      <BooleanInput source="enabled" helperText="resources.clients.enabled_help" />
    </PageEdit>
  );
}
