import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import { useState } from 'react';
import { maxLength, minLength, PasswordInput, required, useTranslate } from 'react-admin';
import { Link } from 'react-router';
import { authPasswordReset, type PasswordReset } from '../api/client';
import { answer } from '../api/problem';
import { endEverywhere } from '../api/session';
import { PublicFrame } from '../layout/public-frame';
import { SubmitForm } from '../common/submit-form';
import { useLinkToken } from './link-token';
import { SignInLink } from './sign-in-link';

/** Chooses a new password, with the link of a message or of an administrator. */
export default function ResetPassword() {
  const translate = useTranslate();
  const t = (key: string) => translate(`pages.reset_password.${key}`);
  const token = useLinkToken('token');
  const [isDone, setDone] = useState(false);
  const save = async (values: object) => {
    await answer(authPasswordReset({ body: { ...(values as PasswordReset), token } }));
    // The service has ended all sessions of the account.
    endEverywhere();
    setDone(true);
  };
  return (
    <PublicFrame title={t('title')}>
      {content()}
      <SignInLink />
    </PublicFrame>
  );

  function content() {
    if (isDone) {
      return (
        <Alert severity="success" role="status">
          {t('done')}
        </Alert>
      );
    }
    if (token === '') return <Alert severity="error">{t('no_token')}</Alert>;
    return (
      <>
        <SubmitForm work={save} action={t('save')} isPublic fullWidth>
          <PasswordInput
            source="password"
            label="pages.reset_password.password"
            helperText="pages.reset_password.help"
            autoComplete="new-password"
            autoFocus
            validate={[required(), minLength(8), maxLength(128)]}
          />
        </SubmitForm>
        <Button component={Link} to="/forgot-password" variant="text" fullWidth sx={{ mt: 1 }}>
          {t('again')}
        </Button>
      </>
    );
  }
}
