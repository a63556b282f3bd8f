import Button from '@mui/material/Button';
import { useQuery } from '@tanstack/react-query';
import { useTranslate } from 'react-admin';
import { authSessionsEnd, authSessionsEndOthers, authSessionsList } from '../api/client';
import { answer } from '../api/problem';
import { CardSection } from '../common/card-section';
import { Loaded } from '../common/loaded';
import { useAction } from '../common/problems';
import { SessionList } from '../common/session-list';

/** The user's sessions: each can be ended, and all but this one at once. */
export function OwnSessions() {
  const translate = useTranslate();
  const t = (key: string) => translate(`pages.security.sessions.${key}`);
  const query = useQuery({ queryKey: ['own-sessions'], queryFn: () => answer(authSessionsList()) });
  const reload = () => void query.refetch();
  const end = useAction((id: string) => answer(authSessionsEnd({ path: { id } })), {
    done: 'pages.security.sessions.ended',
    onSuccess: reload,
  });
  const endOthers = useAction(() => answer(authSessionsEndOthers()), {
    done: 'pages.security.sessions.others_ended',
    onSuccess: reload,
  });
  return (
    <CardSection title={translate('app.sessions.title')}>
      <Loaded query={query}>
        {({ sessions }) => (
          <>
            <SessionList
              sessions={sessions}
              action={({ id, current }) =>
                current ? null : (
                  <Button size="small" disabled={end.isPending} onClick={() => end.mutate(id)}>
                    {t('end')}
                  </Button>
                )
              }
            />
            {sessions.length > 1 && (
              <Button sx={{ mt: 2 }} loading={endOthers.isPending} onClick={() => endOthers.mutate()}>
                {t('end_others')}
              </Button>
            )}
          </>
        )}
      </Loaded>
    </CardSection>
  );
}
