import Delete from '@mui/icons-material/Delete';
import Stack from '@mui/material/Stack';
import { DataTable, DateField, SimpleList, useRefresh, useTranslate } from 'react-admin';
import { type Invitation, invitationsDelete } from '../api/client';
import { answer } from '../api/problem';
import { Chips } from '../common/chips';
import { ConfirmedButton } from '../common/confirmed-button';
import { CreateAction } from '../common/create-action';
import { Empty } from '../common/empty';
import { useFormatTime } from '../common/format';
import { PageList, useIsNarrow } from '../common/page-list';
import { useAction } from '../common/problems';

export default function InvitationList() {
  const isNarrow = useIsNarrow();
  return (
    <PageList actions={<CreateAction />}>
      {isNarrow ? (
        <SimpleList<Invitation>
          primaryText={(invitation) => <Note invitation={invitation} />}
          secondaryText={(invitation) => <Summary invitation={invitation} />}
          rightIcon={(invitation) => <Revocation invitation={invitation} />}
          rowClick={false}
          empty={<Empty />}
          sx={{ '& .MuiListItem-root': { alignItems: 'flex-start', gap: 1 } }}
        />
      ) : (
        <DataTable<Invitation> rowClick={false} bulkActionButtons={false} empty={<Empty />}>
          <DataTable.Col
            source="note"
            disableSort
            render={(invitation: Invitation) => <Note invitation={invitation} />}
          />
          <DataTable.Col
            source="used"
            disableSort
            render={(invitation: Invitation) => <Uses invitation={invitation} />}
          />
          <DataTable.Col
            source="roles"
            disableSort
            render={(invitation: Invitation) => <Roles invitation={invitation} />}
          />
          <DataTable.Col
            source="expires"
            disableSort
            render={(invitation: Invitation) => <Expires invitation={invitation} />}
          />
          <DataTable.Col source="created" disableSort>
            <DateField source="created" />
          </DataTable.Col>
          <DataTable.Col
            label="resources.invitations.fields.actions"
            disableSort
            render={(invitation: Invitation) => <Revocation invitation={invitation} />}
          />
        </DataTable>
      )}
    </PageList>
  );
}

interface Props {
  readonly invitation: Invitation;
}

function Note({ invitation: { note, id } }: Props) {
  const translate = useTranslate();
  return note ?? translate('resources.invitations.without_note', { id });
}

function Uses({ invitation: { used, uses } }: Props) {
  return useTranslate()('resources.invitations.used_of', { used, uses });
}

function Roles({ invitation: { roles } }: Props) {
  return <Chips labels={roles} />;
}

function Expires({ invitation: { expires } }: Props) {
  const translate = useTranslate();
  const formatTime = useFormatTime();
  if (expires === null) return translate('app.never');
  const isOver = Date.parse(expires) < Date.now();
  return isOver
    ? translate('resources.invitations.expired', { time: formatTime(expires) })
    : formatTime(expires);
}

function Summary({ invitation }: Props) {
  const translate = useTranslate();
  return (
    <Stack component="span" sx={{ gap: 0.5 }}>
      <span>
        <Uses invitation={invitation} />
      </span>
      <span>
        {translate('resources.invitations.fields.expires')}: <Expires invitation={invitation} />
      </span>
      <Roles invitation={invitation} />
    </Stack>
  );
}

function Revocation({ invitation }: Props) {
  const translate = useTranslate();
  const refresh = useRefresh();
  const { id } = invitation;
  const revoke = useAction(() => answer(invitationsDelete({ path: { id } })), {
    done: 'resources.invitations.revoked',
    onSuccess: refresh,
  });
  return (
    <ConfirmedButton
      icon={<Delete />}
      label={translate('resources.invitations.revoke')}
      title={translate('resources.invitations.revoke_title', {
        name: invitation.note ?? translate('resources.invitations.without_note', { id }),
      })}
      isBusy={revoke.isPending}
      run={(close) => revoke.mutate(undefined, { onSettled: close })}
      size="small"
    >
      {translate('resources.invitations.revoke_text')}
    </ConfirmedButton>
  );
}
