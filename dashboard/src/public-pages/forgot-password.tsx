import Alert from '@mui/material/Alert';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { required, TextInput, useTranslate } from 'react-admin';
import { authPasswordForgot, type PasswordRequest } from '../api/client';
import { answer } from '../api/problem';
import { PublicFrame } from '../layout/public-frame';
import { SubmitForm } from '../common/submit-form';
import { SignInLink } from './sign-in-link';

/** Asks for a message with a link to a new password. */
export default function ForgotPassword() {
  const translate = useTranslate();
  const t = (key: string) => translate(`pages.forgot_password.${key}`);
  const [isSent, setSent] = useState(false);
  const send = async (values: object) => {
    await answer(authPasswordForgot({ body: values as PasswordRequest }));
    setSent(true);
  };
  return (
    <PublicFrame title={t('title')}>
      {isSent ? (
        <Alert severity="success" role="status">
          {t('sent')}
        </Alert>
      ) : (
        <>
          <Typography gutterBottom>{t('text')}</Typography>
          <SubmitForm work={send} action={t('send')} isPublic fullWidth>
            <TextInput
              source="username"
              label="ra.auth.username"
              autoComplete="username"
              autoFocus
              validate={required()}
            />
          </SubmitForm>
        </>
      )}
      <SignInLink />
    </PublicFrame>
  );
}
