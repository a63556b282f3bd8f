import Button from '@mui/material/Button';
import Divider from '@mui/material/Divider';
import Stack from '@mui/material/Stack';
import { useQuery } from '@tanstack/react-query';
import { useTranslate } from 'react-admin';
import { authProviders, type AuthOidcBeginData, client } from '../api/client';
import { answer } from '../api/problem';
import { urlOf } from '../location';

/** The ways to sign in besides a password, and whether accounts can be created. */
export function useProviders() {
  return useQuery({ queryKey: ['providers'], queryFn: () => answer(authProviders()), staleTime: 60_000 });
}

/** A button for each OpenID Connect provider. @param next the path to open after the sign-in */
export function ProviderButtons({ next }: { next: string }) {
  const translate = useTranslate();
  const providers = useProviders().data?.providers ?? [];
  if (providers.length === 0) return null;
  return (
    <Stack spacing={1} sx={{ mt: 2 }}>
      <Divider>{translate('pages.sign_in.or')}</Divider>
      {providers.map(({ id, label }) => (
        <Button key={id} href={signInUrl(id, next)} fullWidth>
          {translate('pages.sign_in.with', { provider: label })}
        </Button>
      ))}
    </Stack>
  );
}

function signInUrl(provider: string, next: string): string {
  return client.buildUrl<AuthOidcBeginData>({
    url: '/auth/oidc/{provider}',
    path: { provider },
    query: { return_to: urlOf(`/login?next=${encodeURIComponent(next)}`) },
  });
}
