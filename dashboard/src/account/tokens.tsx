import List from '@mui/material/List';
import ListItem from '@mui/material/ListItem';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  CheckboxGroupInput,
  DateInput,
  maxLength,
  required,
  TextInput,
  Title,
  useTranslate,
} from 'react-admin';
import {
  authTokensCreate,
  authTokensList,
  authTokensRevoke,
  type NewToken,
  type Token,
  type TokenScope,
} from '../api/client';
import { answer } from '../api/problem';
import { CardSection } from '../common/card-section';
import { ConfirmedButton } from '../common/confirmed-button';
import { Facts } from '../common/facts';
import { useFormatTime } from '../common/format';
import { FormDialog } from '../common/form-dialog';
import { Loaded } from '../common/loaded';
import { useAction } from '../common/problems';
import { useRecentSignIn } from '../common/recent-sign-in';
import { SecretDialog } from '../common/secret-dialog';

const SCOPES: Record<TokenScope, true> = {
  read: true,
  'write-history': true,
  'write-ratings': true,
  'write-collection': true,
  'write-images': true,
};

/** Personal tokens: made, shown once, and revoked. */
export default function Tokens() {
  const translate = useTranslate();
  const t = (key: string) => translate(`pages.tokens.${key}`);
  const query = useQuery({ queryKey: ['own-tokens'], queryFn: () => answer(authTokensList()) });
  const reload = () => void query.refetch();
  return (
    <>
      <Title title={t('title')} />
      <CardSection title={t('title')}>
        <Typography gutterBottom>{t('text')}</Typography>
        <Creation onCreated={reload} />
        <Loaded query={query}>
          {({ tokens }) =>
            tokens.length === 0 ? (
              <Typography color="textSecondary" sx={{ mt: 2 }}>
                {t('none')}
              </Typography>
            ) : (
              <List>
                {tokens.map((token) => (
                  <TokenItem key={token.id} token={token} onRevoked={reload} />
                ))}
              </List>
            )
          }
        </Loaded>
      </CardSection>
    </>
  );
}

function Creation({ onCreated }: { onCreated: () => void }) {
  const translate = useTranslate();
  const confirm = useRecentSignIn();
  const [secret, setSecret] = useState<string>();
  const create = async (values: object) => {
    const { name, scopes, expires } = values as NewToken;
    const body = { name, scopes, ...(expires ? { expires: endOf(expires) } : {}) };
    const { token } = await confirm((proof) => answer(authTokensCreate({ body: { ...body, ...proof } })));
    onCreated();
    setSecret(token);
  };
  const choices = Object.keys(SCOPES).map((id) => ({ id, name: `pages.tokens.scope.${id}` }));
  return (
    <>
      <FormDialog title={translate('pages.tokens.create')} work={create}>
        <TextInput
          source="name"
          label="pages.tokens.name"
          helperText="pages.tokens.name_help"
          autoFocus
          validate={[required(), maxLength(50)]}
        />
        <CheckboxGroupInput
          source="scopes"
          label="pages.tokens.scopes"
          choices={choices}
          row={false}
          defaultValue={['read' satisfies TokenScope]}
          validate={required()}
        />
        <DateInput source="expires" label="pages.tokens.expires" />
      </FormDialog>
      {secret && (
        <SecretDialog
          title={translate('pages.tokens.made')}
          secret={secret}
          onClose={() => setSecret(undefined)}
        />
      )}
    </>
  );
}

/** The end of a day in the user's time zone. */
function endOf(day: string): string {
  return new Date(`${day}T23:59:59`).toISOString();
}

function TokenItem({ token, onRevoked }: { token: Token; onRevoked: () => void }) {
  const { id, name } = token;
  const translate = useTranslate();
  const formatTime = useFormatTime();
  const t = (key: string) => translate(`pages.tokens.${key}`, { name });
  const revoke = useAction(() => answer(authTokensRevoke({ path: { id } })), {
    done: 'pages.tokens.revoked',
    onSuccess: onRevoked,
  });
  const time = (value: string | null) => (value === null ? translate('app.never') : formatTime(value));
  return (
    <ListItem divider disableGutters sx={{ gap: 1, flexWrap: 'wrap' }}>
      <Box sx={{ flex: '1 1 16rem', minWidth: 0 }}>
        <Typography gutterBottom sx={{ overflowWrap: 'anywhere', fontWeight: 500 }}>
          {name}
        </Typography>
        <Facts
          facts={[
            [t('scopes'), token.scopes.map((scope) => t(`scope.${scope}`)).join('; ')],
            [t('created'), formatTime(token.created)],
            [t('last_used'), time(token.last_used)],
            [t('ends'), time(token.expires)],
          ]}
        />
      </Box>
      <ConfirmedButton
        label={t('revoke')}
        title={t('revoke_title')}
        size="small"
        isBusy={revoke.isPending}
        run={(close) => revoke.mutate(undefined, { onSettled: close })}
      >
        {t('revoke_text')}
      </ConfirmedButton>
    </ListItem>
  );
}
