import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { useTranslate } from 'react-admin';
import type { AuditEntry } from '../api/client';
import { UserLink } from '../common/user-link';

const USER_ID = /^[0-9a-f]{24}$/;
/** The service writes this as the actor of commands that an operator runs on the server. */
const SERVER = 'server';

export function Actor({ entry: { actor, actor_name: name } }: { entry: AuditEntry }) {
  const translate = useTranslate();
  if (actor === SERVER) return translate('resources.audit-log.server');
  return <Name id={actor} name={name} />;
}

export function Target({ entry: { target, target_name: name } }: { entry: AuditEntry }) {
  return target === null ? null : <Name id={target} name={name} />;
}

/** The name of a user, a role and so on, with a link if it is a user's. If it has been deleted: its id. */
function Name({ id, name }: { id: string; name: string | null }): ReactNode {
  const translate = useTranslate();
  if (name === null) {
    return (
      <Typography component="span" variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
        {translate('resources.audit-log.nameless', { id })}
      </Typography>
    );
  }
  return USER_ID.test(id) ? <UserLink id={id} name={name} /> : name;
}
