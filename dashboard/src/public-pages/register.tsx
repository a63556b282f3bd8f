import Alert from '@mui/material/Alert';
import Typography from '@mui/material/Typography';
import { maxLength, minLength, PasswordInput, required, TextInput, useTranslate } from 'react-admin';
import { authRegister, type Registration } from '../api/client';
import { answer } from '../api/problem';
import { begin } from '../api/session';
import { urlOf } from '../location';
import { PublicFrame } from '../layout/public-frame';
import { Loaded } from '../common/loaded';
import { SubmitForm } from '../common/submit-form';
import { useProviders } from '../sign-in/provider-buttons';
import { useLinkToken } from './link-token';
import { SignInLink } from './sign-in-link';

/** Creates an account, with an invitation if the service requires one. */
export default function Register() {
  const translate = useTranslate();
  const invitation = useLinkToken('invitation');
  const t = (key: string) => translate(`pages.register.${key}`);
  return (
    <PublicFrame title={t('title')}>
      <Loaded query={useProviders()}>
        {({ registration }) => {
          if (registration === 'closed') return <Alert severity="info">{t('closed')}</Alert>;
          if (registration === 'invite' && invitation === '')
            return <Alert severity="info">{t('invite_only')}</Alert>;
          return <RegistrationForm invitation={invitation} />;
        }}
      </Loaded>
      <SignInLink />
    </PublicFrame>
  );
}

function RegistrationForm({ invitation }: { invitation: string }) {
  const translate = useTranslate();
  const register = async (values: object) => {
    const body = { ...(values as Registration), ...(invitation === '' ? {} : { invitation }) };
    begin(await answer(authRegister({ body })));
    // A new page, because what this one has cached belongs to no user.
    location.assign(urlOf('/'));
  };
  return (
    <SubmitForm work={register} action={translate('pages.register.create')} isPublic fullWidth>
      {invitation !== '' && <Typography gutterBottom>{translate('pages.register.invited')}</Typography>}
      <TextInput
        source="username"
        label="pages.register.username"
        helperText="pages.register.username_help"
        autoComplete="username"
        autoFocus
        validate={[required(), minLength(3), maxLength(20)]}
      />
      <PasswordInput
        source="password"
        label="pages.register.password"
        helperText="pages.register.password_help"
        autoComplete="new-password"
        validate={[required(), minLength(8), maxLength(128)]}
      />
      <TextInput
        source="email"
        type="email"
        label="pages.register.email"
        helperText="pages.register.email_help"
        autoComplete="email"
        validate={maxLength(50)}
      />
    </SubmitForm>
  );
}
