import Grid from '@mui/material/Grid';
import { Loading, Show, useRecordContext } from 'react-admin';
import type { AdminUserDetail } from '../api/client';
import { ShowProblem } from '../common/load-problem';
import { UserActions } from './user-actions';
import { UserAvatar } from './user-avatar';
import { UserCounts } from './user-counts';
import { UserProfile } from './user-profile';
import { UserSessions } from './user-sessions';

export default function UserShow() {
  return (
    <Show actions={<UserActions />} component="div" error={<ShowProblem />} loading={<Loading />}>
      <Sections />
    </Show>
  );
}

function Sections() {
  const user = useRecordContext<AdminUserDetail>();
  // A row of the list is shown until the detail arrives.
  if (user?.counts === undefined) return <Loading />;
  return (
    <Grid container spacing={2}>
      <Grid size={{ xs: 12, md: 8 }}>
        <UserProfile user={user} />
      </Grid>
      <Grid size={{ xs: 12, md: 4 }}>
        <UserAvatar user={user} />
      </Grid>
      <Grid size={{ xs: 12, md: 8 }}>
        <UserSessions user={user} />
      </Grid>
      <Grid size={{ xs: 12, md: 4 }}>
        <UserCounts counts={user.counts} />
      </Grid>
    </Grid>
  );
}
