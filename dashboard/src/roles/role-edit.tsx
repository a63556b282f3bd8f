import { TopToolbar, useRecordContext, useTranslate } from 'react-admin';
import { type Role, rolesDelete } from '../api/client';
import { answer } from '../api/problem';
import { PageEdit } from '../common/page-edit';
import { RecordDeletion } from '../common/record-deletion';
import { isSeeded } from './permissions';
import { RoleFields } from './role-fields';

export default function RoleEdit() {
  return (
    <PageEdit actions={<Actions />}>
      <Fields />
    </PageEdit>
  );
}

function Fields() {
  const role = useRecordContext<Role>();
  return role === undefined ? null : <RoleFields role={role} />;
}

function Actions() {
  const role = useRecordContext<Role>();
  if (role === undefined || isSeeded(role)) return null;
  return (
    <TopToolbar>
      <Deletion role={role} />
    </TopToolbar>
  );
}

function Deletion({ role: { id, name, users } }: { role: Role }) {
  const translate = useTranslate();
  return (
    <RecordDeletion name={name} remove={() => answer(rolesDelete({ path: { id } }))}>
      {translate('resources.roles.delete_text', { smart_count: users })}
    </RecordDeletion>
  );
}
