import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import { useEffect, useState } from 'react';
import { Loading, PasswordInput, required, TextInput, useLogin, useTranslate } from 'react-admin';
import { Link, Navigate, useLocation } from 'react-router';
import { SECOND_FACTOR_REQUIRED } from '../api/server-messages';
import { Problem } from '../api/problem';
import { currentSession } from '../api/session';
import { PublicFrame } from '../layout/public-frame';
import { SubmitForm } from '../common/submit-form';
import { ProviderButtons, useProviders } from './provider-buttons';
import { ProviderError } from './provider-error';

/** Sign-in with password and second factor, or with a provider. It leads back to the page that asked for it. */
export function SignInPage() {
  const translate = useTranslate();
  const next = useNextPath();
  const isSignedIn = useIsSignedIn();
  if (isSignedIn === undefined) return <Loading />;
  if (isSignedIn) return <Navigate to={next} replace />;
  return (
    <PublicFrame title={translate('pages.sign_in.title')}>
      <ProviderError />
      <PasswordForm next={next} />
      <ProviderButtons next={next} />
      <OtherWays />
    </PublicFrame>
  );
}

function PasswordForm({ next }: { next: string }) {
  const translate = useTranslate();
  const login = useLogin();
  const [needsCode, setNeedsCode] = useState(false);
  const signIn = async (values: object) => {
    try {
      await login(values, next);
    } catch (error) {
      const asksForCode = error instanceof Problem && error.message === SECOND_FACTOR_REQUIRED;
      if (needsCode || !asksForCode) throw error;
      setNeedsCode(true);
    }
  };
  return (
    <SubmitForm work={signIn} action={translate('ra.auth.sign_in')} isPublic fullWidth>
      <TextInput
        source="username"
        label="ra.auth.username"
        autoComplete="username"
        autoFocus
        validate={required()}
      />
      <PasswordInput
        source="password"
        label="ra.auth.password"
        autoComplete="current-password"
        validate={required()}
      />
      {needsCode && (
        <TextInput
          source="code"
          label="pages.sign_in.code"
          helperText="pages.sign_in.code_help"
          autoComplete="one-time-code"
          autoFocus
          validate={required()}
        />
      )}
    </SubmitForm>
  );
}

function OtherWays() {
  const translate = useTranslate();
  const registration = useProviders().data?.registration;
  return (
    <Stack sx={{ mt: 1 }}>
      <Button component={Link} to="/forgot-password" variant="text">
        {translate('pages.sign_in.forgot')}
      </Button>
      {registration === 'open' && (
        <Button component={Link} to="/register" variant="text">
          {translate('pages.sign_in.register')}
        </Button>
      )}
    </Stack>
  );
}

/** The path that asked for the sign-in: of the framework's redirection, or of the way back from a provider. */
function useNextPath(): string {
  const { state, search } = useLocation() as {
    state: { nextPathname?: string; nextSearch?: string } | null;
    search: string;
  };
  const next =
    state?.nextPathname === undefined
      ? new URLSearchParams(search).get('next')
      : state.nextPathname + (state.nextSearch ?? '');
  const isOwnPath = next !== null && /^\/(?![/\\])/.test(next) && !next.startsWith('/login');
  return isOwnPath ? next : '/';
}

function useIsSignedIn(): boolean | undefined {
  const [isSignedIn, setSignedIn] = useState<boolean>();
  useEffect(() => {
    currentSession().then(
      (session) => setSignedIn(session !== null),
      () => setSignedIn(false),
    );
  }, []);
  return isSignedIn;
}
