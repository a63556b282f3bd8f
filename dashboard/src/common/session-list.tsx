import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import List from '@mui/material/List';
import ListItem from '@mui/material/ListItem';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { useTranslate } from 'react-admin';
import type { Session } from '../api/client';
import { Facts } from './facts';
import { useFormatTime } from './format';

/** Sessions with browser, address and times. @param props `action` is drawn beside each session */
export function SessionList(props: {
  sessions: readonly Session[];
  action?: (session: Session) => ReactNode;
}) {
  const { sessions, action } = props;
  const translate = useTranslate();
  const formatTime = useFormatTime();
  const t = (key: string) => translate(`app.sessions.${key}`);
  if (sessions.length === 0) return <Typography color="textSecondary">{t('none')}</Typography>;
  return (
    <List dense disablePadding>
      {sessions.map((session) => (
        <ListItem key={session.id} disableGutters divider sx={{ gap: 1, flexWrap: 'wrap' }}>
          <Box sx={{ minWidth: 0, flex: '1 1 14rem' }}>
            <Typography sx={{ overflowWrap: 'anywhere' }} gutterBottom>
              {session.user_agent ?? t('unknown_device')}{' '}
              {session.current && <Chip size="small" label={t('current')} />}
            </Typography>
            <Facts
              facts={[
                [t('ip'), session.ip],
                [t('created'), formatTime(session.created)],
                [t('last_used'), formatTime(session.last_used)],
              ]}
            />
          </Box>
          {action?.(session)}
        </ListItem>
      ))}
    </List>
  );
}
