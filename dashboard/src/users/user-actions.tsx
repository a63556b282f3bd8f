import Block from '@mui/icons-material/Block';
import Key from '@mui/icons-material/Key';
import LockOpen from '@mui/icons-material/LockOpen';
import LogoutIcon from '@mui/icons-material/Logout';
import PhonelinkErase from '@mui/icons-material/PhonelinkErase';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { EditButton, useGetIdentity, useRecordContext, useRefresh, useTranslate } from 'react-admin';
import {
  type AdminUserDetail,
  adminUsersDelete,
  adminUsersLogout,
  adminUsersPasswordReset,
  adminUsersTwoFactorDisable,
  adminUsersUpdate,
  type ResetLink,
} from '../api/client';
import { answer } from '../api/problem';
import { ConfirmedButton } from '../common/confirmed-button';
import { useFormatTime } from '../common/format';
import { useMay } from '../common/permissions';
import { useAction } from '../common/problems';
import { RecordDeletion } from '../common/record-deletion';
import { SecretDialog } from '../common/secret-dialog';
import { COUNTS } from './counts';
import { useMayReset } from './may-reset';

/**
 * The buttons above a user's page, as far as the permissions allow. The own account can be neither suspended nor deleted
 * here: the service would do it, and refuse the next request of this page.
 */
export function UserActions() {
  const user = useRecordContext<AdminUserDetail>();
  const mayEdit = useMay('edit-users');
  const mayDelete = useMay('delete-users');
  const mayReset = useMayReset(user);
  const { identity } = useGetIdentity();
  if (user?.counts === undefined || identity === undefined) return null;
  const isOwn = user.id === identity.id;
  return (
    <Box sx={{ pb: 2 }}>
      <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap', justifyContent: { sm: 'flex-end' } }}>
        {mayEdit && (
          <>
            <EditButton variant="outlined" size="medium" />
            <SignOut user={user} />
            {mayReset && <PasswordLink user={user} />}
            {mayReset && user.two_factor && <TwoFactorOff user={user} />}
            {mayReset && !isOwn && <Suspension user={user} />}
          </>
        )}
        {mayDelete && !isOwn && <Deletion user={user} />}
      </Stack>
      {isOwn && (mayEdit || mayDelete) && <Hint text="resources.users.own_account" />}
      {mayEdit && !mayReset && <Hint text="resources.users.more_permissions" />}
    </Box>
  );
}

/** Why buttons are missing. */
function Hint({ text }: { text: string }) {
  const translate = useTranslate();
  return (
    <Typography variant="body2" color="textSecondary" sx={{ mt: 1, textAlign: { sm: 'end' } }}>
      {translate(text)}
    </Typography>
  );
}

function useTexts({ username: name }: AdminUserDetail) {
  const translate = useTranslate();
  return (key: string, options: object = {}) =>
    translate(`resources.users.actions.${key}`, { name, ...options });
}

interface UserProps {
  readonly user: AdminUserDetail;
}

function SignOut({ user }: UserProps) {
  const t = useTexts(user);
  const refresh = useRefresh();
  const signOut = useAction(() => answer(adminUsersLogout({ path: { id: user.id } })), {
    done: 'resources.users.actions.signed_out',
    onSuccess: refresh,
  });
  return (
    <Button startIcon={<LogoutIcon />} loading={signOut.isPending} onClick={() => signOut.mutate()}>
      {t('sign_out')}
    </Button>
  );
}

function PasswordLink({ user }: UserProps) {
  const t = useTexts(user);
  const formatTime = useFormatTime();
  const [link, setLink] = useState<ResetLink>();
  const create = useAction(() => answer(adminUsersPasswordReset({ path: { id: user.id } })), {
    onSuccess: setLink,
  });
  return (
    <>
      <Button startIcon={<Key />} loading={create.isPending} onClick={() => create.mutate()}>
        {t('reset_link')}
      </Button>
      {link && (
        <SecretDialog title={t('reset_link_title')} secret={link.url} onClose={() => setLink(undefined)}>
          <Typography sx={{ mt: 2 }}>{t('reset_link_text', { time: formatTime(link.expires) })}</Typography>
        </SecretDialog>
      )}
    </>
  );
}

function TwoFactorOff({ user }: UserProps) {
  const t = useTexts(user);
  const refresh = useRefresh();
  const disable = useAction(() => answer(adminUsersTwoFactorDisable({ path: { id: user.id } })), {
    done: 'resources.users.actions.two_factor_is_off',
    onSuccess: refresh,
  });
  return (
    <ConfirmedButton
      icon={<PhonelinkErase />}
      label={t('two_factor_off')}
      title={t('two_factor_off_title')}
      isBusy={disable.isPending}
      run={(close) => disable.mutate(undefined, { onSettled: close })}
    >
      {t('two_factor_off_text')}
    </ConfirmedButton>
  );
}

function Suspension({ user }: UserProps) {
  const t = useTexts(user);
  const refresh = useRefresh();
  const isSuspended = user.suspended;
  const change = useAction(
    () => answer(adminUsersUpdate({ path: { id: user.id }, body: { suspended: !isSuspended } })),
    { done: `resources.users.actions.${isSuspended ? 'lifted' : 'suspended'}`, onSuccess: refresh },
  );
  if (isSuspended) {
    return (
      <Button startIcon={<LockOpen />} loading={change.isPending} onClick={() => change.mutate()}>
        {t('lift')}
      </Button>
    );
  }
  return (
    <ConfirmedButton
      icon={<Block />}
      label={t('suspend')}
      title={t('suspend_title')}
      isBusy={change.isPending}
      run={(close) => change.mutate(undefined, { onSettled: close })}
    >
      {t('suspend_text')}
    </ConfirmedButton>
  );
}

function Deletion({ user }: UserProps) {
  const t = useTexts(user);
  const { id, username } = user;
  return (
    <RecordDeletion name={username} remove={() => answer(adminUsersDelete({ path: { id } }))}>
      {t('delete_text')}
      <ul>
        <li>{t('delete_account')}</li>
        {COUNTS.filter((name) => user.counts[name] > 0).map((name) => (
          <li key={name}>{t(`delete_${name}`, { smart_count: user.counts[name] })}</li>
        ))}
        {user.profile_image !== null && <li>{t('delete_avatar')}</li>}
      </ul>
    </RecordDeletion>
  );
}
