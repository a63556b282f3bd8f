import Alert from '@mui/material/Alert';
import { useEffect, useState } from 'react';
import { useTranslate } from 'react-admin';

/** The fragment that the dashboard was opened with; the redirection to the sign-in page removes it. */
let arrival = location.hash;

/** Why a visit to a provider has failed: the browser comes back with the reason in the fragment. */
export function ProviderError() {
  const translate = useTranslate();
  const [reason] = useState(() => new URLSearchParams(arrival.slice(1)).get('error'));
  useEffect(() => {
    arrival = '';
  }, []);
  if (reason === null) return null;
  const fallback = translate('pages.sign_in.errors.provider-error');
  return (
    <Alert severity="error" role="alert" sx={{ mb: 2 }}>
      {translate(`pages.sign_in.errors.${reason}`, { _: fallback })}
    </Alert>
  );
}
