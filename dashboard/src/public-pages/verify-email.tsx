import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useTranslate } from 'react-admin';
import { Link } from 'react-router';
import { authEmailVerify } from '../api/client';
import { answer } from '../api/problem';
import { PublicFrame } from '../layout/public-frame';
import { SubmitForm } from '../common/submit-form';
import { useLinkToken } from './link-token';

/** Confirms an address, with the link of a message. A button does it, because programs open links in messages, too. */
export default function VerifyEmail() {
  const translate = useTranslate();
  const t = (key: string) => translate(`pages.verify_email.${key}`);
  const token = useLinkToken('token');
  const [isDone, setDone] = useState(false);
  const confirm = async () => {
    await answer(authEmailVerify({ body: { token } }));
    setDone(true);
  };
  return (
    <PublicFrame title={t('title')}>
      {content()}
      <Button component={Link} to="/" variant="text" fullWidth sx={{ mt: 1 }}>
        {t('home')}
      </Button>
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
      <SubmitForm work={confirm} action={t('confirm')} isPublic fullWidth>
        <Typography gutterBottom>{t('text')}</Typography>
      </SubmitForm>
    );
  }
}
