import Grid from '@mui/material/Grid';
import { Title, useTranslate } from 'react-admin';
import { Loaded } from '../common/loaded';
import { ProviderError } from '../sign-in/provider-error';
import { useCurrentUser } from './current-user';
import { Identities } from './identities';
import { OwnSessions } from './own-sessions';
import { PasswordChange } from './password-change';
import { TwoFactor } from './two-factor';

export default function Security() {
  const translate = useTranslate();
  const half = { xs: 12, lg: 6 };
  return (
    <>
      <Title title={translate('pages.security.title')} />
      <ProviderError />
      <Loaded query={useCurrentUser()}>
        {(user) => (
          <Grid container spacing={2}>
            <Grid size={half}>
              <PasswordChange username={user.username} />
            </Grid>
            <Grid size={half}>
              <TwoFactor isOn={user.two_factor} />
            </Grid>
            <Grid size={12}>
              <Identities />
            </Grid>
            <Grid size={12}>
              <OwnSessions />
            </Grid>
          </Grid>
        )}
      </Loaded>
    </>
  );
}
