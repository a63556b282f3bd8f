import { useQuery } from '@tanstack/react-query';
import { useTranslate } from 'react-admin';
import { type AdminUserDetail, adminUsersSessionsList } from '../api/client';
import { answer } from '../api/problem';
import { CardSection } from '../common/card-section';
import { Loaded } from '../common/loaded';
import { SessionList } from '../common/session-list';

export function UserSessions({ user: { id } }: { user: AdminUserDetail }) {
  const translate = useTranslate();
  const query = useQuery({
    queryKey: ['users', id, 'sessions'],
    queryFn: () => answer(adminUsersSessionsList({ path: { id } })),
  });
  return (
    <CardSection title={translate('app.sessions.title')}>
      <Loaded query={query}>{({ sessions }) => <SessionList sessions={sessions} />}</Loaded>
    </CardSection>
  );
}
