import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Grid from '@mui/material/Grid';
import Stack from '@mui/material/Stack';
import { maxLength, minLength, required, TextInput, Title, useNotify, useTranslate } from 'react-admin';
import {
  authEmailVerification,
  type ProfileChanges,
  profileImageDelete,
  profileImageUpdate,
  type User,
  usersGetCurrent,
  usersUpdateCurrent,
} from '../api/client';
import { changesOf } from '../api/data-provider';
import { answer } from '../api/problem';
import { CardSection } from '../common/card-section';
import { Chips } from '../common/chips';
import { Facts } from '../common/facts';
import { FormDraft } from '../common/form-draft';
import { Loaded } from '../common/loaded';
import { PictureCard } from '../common/picture-card';
import { useAction } from '../common/problems';
import { PROFILE_LINKS } from '../common/profile-links';
import { useRecentSignIn } from '../common/recent-sign-in';
import { SubmitForm } from '../common/submit-form';
import { useCurrentUser, useUserChange } from './current-user';

export default function Profile() {
  const translate = useTranslate();
  return (
    <>
      <Title title={translate('pages.profile.title')} />
      <Loaded query={useCurrentUser()}>
        {(user) => (
          <Grid container spacing={2}>
            <Grid size={{ xs: 12, md: 8 }}>
              <ProfileForm user={user} />
            </Grid>
            <Grid size={{ xs: 12, md: 4 }}>
              <Stack spacing={2}>
                <OwnPicture user={user} />
                <Address user={user} />
                <Rights user={user} />
              </Stack>
            </Grid>
          </Grid>
        )}
      </Loaded>
    </>
  );
}

const FIELDS = [
  { source: 'username', autoComplete: 'username', validate: [required(), minLength(3), maxLength(20)] },
  { source: 'email', type: 'email', autoComplete: 'email', validate: maxLength(50) },
  { source: 'first_name', autoComplete: 'given-name', validate: maxLength(20) },
  { source: 'last_name', autoComplete: 'family-name', validate: maxLength(20) },
  ...PROFILE_LINKS.map((source) => ({ source, type: 'url', validate: maxLength(100) })),
];

function ProfileForm({ user }: { user: User }) {
  const translate = useTranslate();
  const notify = useNotify();
  const confirm = useRecentSignIn();
  const onChange = useUserChange();
  const save = async (values: object) => {
    const changes = changesOf(values as Record<string, unknown>, { ...user }) as ProfileChanges;
    if (Object.keys(changes).length > 0)
      onChange(await confirm((proof) => answer(usersUpdateCurrent({ body: { ...changes, ...proof } }))));
    notify('pages.profile.saved', { type: 'success' });
  };
  const half = { xs: 12, sm: 6 };
  return (
    <CardSection title={translate('pages.profile.section')}>
      <SubmitForm work={save} action={translate('ra.action.save')} record={user}>
        <FormDraft />
        <Grid container columnSpacing={2}>
          {FIELDS.map((field) => (
            <Grid key={field.source} size={half}>
              <TextInput {...field} label={`pages.profile.fields.${field.source}`} />
            </Grid>
          ))}
        </Grid>
      </SubmitForm>
    </CardSection>
  );
}

function OwnPicture({ user: { id, username, profile_image: picture } }: { user: User }) {
  const change = useUserChange();
  const changes = {
    upload: (image: string) => answer(profileImageUpdate({ path: { id }, body: { image } })),
    remove: () => answer(profileImageDelete({ path: { id } })),
    onChange: () => void answer(usersGetCurrent()).then(change),
  };
  return <PictureCard name={username} picture={picture} changes={changes} />;
}

/** Whether the address is confirmed, and the way to do it. */
function Address({ user: { email, email_verified: isVerified } }: { user: User }) {
  const translate = useTranslate();
  const t = (key: string) => translate(`pages.profile.${key}`);
  const send = useAction(() => answer(authEmailVerification()), { done: 'pages.profile.verify_sent' });
  return (
    <CardSection title={t('address')}>
      {email === null && <Alert severity="info">{t('no_address')}</Alert>}
      {email !== null && isVerified && <Alert severity="success">{t('verified')}</Alert>}
      {email !== null && !isVerified && (
        <>
          <Alert severity="warning">{t('unverified')}</Alert>
          <Button sx={{ mt: 1 }} loading={send.isPending} onClick={() => send.mutate()}>
            {t('verify')}
          </Button>
        </>
      )}
    </CardSection>
  );
}

function Rights({ user }: { user: User }) {
  const translate = useTranslate();
  const permissions = user.permissions.map((one) => translate(`resources.roles.permissions.${one}`));
  return (
    <CardSection title={translate('pages.profile.rights')}>
      <Facts
        facts={[
          [translate('pages.profile.roles'), <Chips labels={user.roles} />],
          [translate('pages.profile.permissions'), <Chips labels={permissions} />],
        ]}
      />
    </CardSection>
  );
}
