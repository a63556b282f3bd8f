import Button from '@mui/material/Button';
import List from '@mui/material/List';
import ListItem from '@mui/material/ListItem';
import ListItemText from '@mui/material/ListItemText';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useTranslate } from 'react-admin';
import {
  authIdentitiesLink,
  authIdentitiesList,
  authIdentitiesUnlink,
  type Identity,
  type Provider,
} from '../api/client';
import { answer } from '../api/problem';
import { urlOf } from '../location';
import { CardSection } from '../common/card-section';
import { ConfirmedButton } from '../common/confirmed-button';
import { useFormatTime } from '../common/format';
import { Loaded } from '../common/loaded';
import { useAction } from '../common/problems';
import { useRecentSignIn } from '../common/recent-sign-in';
import { useProviders } from '../sign-in/provider-buttons';

/** The providers that the user can sign in with, and those that can be linked. */
export function Identities() {
  const translate = useTranslate();
  const t = (key: string) => translate(`pages.security.identities.${key}`);
  const providers = useProviders();
  const identities = useQuery({
    queryKey: ['own-identities'],
    queryFn: () => answer(authIdentitiesList()),
  });
  const reload = () => void identities.refetch();
  return (
    <CardSection title={t('title')}>
      <Loaded query={providers}>
        {(offered) => (
          <Loaded query={identities}>
            {({ identities: linked }) =>
              offered.providers.length === 0 && linked.length === 0 ? (
                <Typography color="textSecondary">{t('none')}</Typography>
              ) : (
                <List dense disablePadding>
                  {linked.map((identity) => (
                    <Linked
                      key={identity.id}
                      identity={identity}
                      label={offered.providers.find(({ id }) => id === identity.provider)?.label}
                      onUnlinked={reload}
                    />
                  ))}
                  {offered.providers
                    .filter(({ id }) => !linked.some(({ provider }) => provider === id))
                    .map((provider) => (
                      <Offered key={provider.id} provider={provider} />
                    ))}
                </List>
              )
            }
          </Loaded>
        )}
      </Loaded>
    </CardSection>
  );
}

function Linked(props: { identity: Identity; label: string | undefined; onUnlinked: () => void }) {
  const { identity, onUnlinked } = props;
  const { id, created, provider: name } = identity;
  const provider = props.label ?? name;
  const translate = useTranslate();
  const formatTime = useFormatTime();
  const confirm = useRecentSignIn();
  const t = (key: string, options: object = {}) =>
    translate(`pages.security.identities.${key}`, { provider, ...options });
  const unlink = useAction(
    () => confirm((proof) => answer(authIdentitiesUnlink({ path: { id }, body: proof }))),
    { done: 'pages.security.identities.unlinked', onSuccess: onUnlinked },
  );
  return (
    <ListItem disableGutters sx={{ gap: 1, flexWrap: 'wrap' }}>
      <ListItemText primary={provider} secondary={t('linked', { time: formatTime(created) })} />
      <ConfirmedButton
        label={t('unlink')}
        title={t('unlink_title')}
        size="small"
        isBusy={unlink.isPending}
        run={(close) => unlink.mutate(undefined, { onSettled: close })}
      >
        {t('unlink_text')}
      </ConfirmedButton>
    </ListItem>
  );
}

function Offered({ provider: { id, label } }: { provider: Provider }) {
  const translate = useTranslate();
  const confirm = useRecentSignIn();
  const link = useAction(
    () =>
      confirm((proof) =>
        answer(
          authIdentitiesLink({ body: { provider: id, return_to: urlOf('/account/security'), ...proof } }),
        ),
      ),
    { onSuccess: ({ url }) => location.assign(url) },
  );
  return (
    <ListItem disableGutters>
      <Button size="small" loading={link.isPending} onClick={() => link.mutate()}>
        {translate('pages.security.identities.link', { provider: label })}
      </Button>
    </ListItem>
  );
}
