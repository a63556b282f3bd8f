import { useState } from 'react';
import {
  DateTimeInput,
  maxLength,
  maxValue,
  minValue,
  NumberInput,
  TextInput,
  useRedirect,
  useTranslate,
} from 'react-admin';
import type { CreatedInvitation } from '../api/client';
import { PageCreate } from '../common/page-create';
import { SecretDialog } from '../common/secret-dialog';
import { DEFAULT_ROLE } from '../roles/permissions';
import { RolesInput } from '../roles/roles-input';

export default function InvitationCreate() {
  const translate = useTranslate();
  const redirect = useRedirect();
  const [created, setCreated] = useState<CreatedInvitation>();
  return (
    <>
      <PageCreate<CreatedInvitation>
        defaultValues={{ uses: 1, roles: [DEFAULT_ROLE] }}
        action="resources.invitations.invite"
        onCreated={setCreated}
      >
        <TextInput source="note" validate={maxLength(200)} helperText="resources.invitations.note_help" />
        <NumberInput source="uses" validate={[minValue(1), maxValue(10_000)]} />
        <RolesInput allowed={[DEFAULT_ROLE]} helperText="resources.invitations.roles_help" />
        <DateTimeInput source="expires" helperText="resources.invitations.expires_help" />
      </PageCreate>
      {created && (
        <SecretDialog
          title={translate('resources.invitations.link')}
          secret={created.url}
          onClose={() => redirect('list', 'invitations')}
        />
      )}
    </>
  );
}
