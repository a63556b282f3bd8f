import Alert from '@mui/material/Alert';
import Link from '@mui/material/Link';
import { useTranslate } from 'react-admin';
import type { AdminUserDetail } from '../api/client';
import { CardSection } from '../common/card-section';
import { Chips } from '../common/chips';
import { Facts } from '../common/facts';
import { useFormatTime } from '../common/format';
import { PROFILE_LINKS } from '../common/profile-links';

export function UserProfile({ user }: { user: AdminUserDetail }) {
  const translate = useTranslate();
  const formatTime = useFormatTime();
  const t = (key: string) => translate(`resources.users.${key}`);
  const email =
    user.email === null ? null : `${user.email} (${t(user.email_verified ? 'verified' : 'unverified')})`;
  return (
    <CardSection title={t('sections.profile')}>
      {user.suspended && (
        <Alert severity="warning" sx={{ mb: 2 }}>
          {t('actions.suspended')}
        </Alert>
      )}
      <Facts
        facts={[
          [t('fields.username'), user.username],
          [t('fields.name'), [user.first_name, user.last_name].filter(Boolean).join(' ')],
          [t('fields.email'), email],
          [t('fields.roles'), <Chips labels={user.roles} />],
          [t('fields.registered'), formatTime(user.registered)],
          [t('fields.state'), t(user.logged_in ? 'states.logged_in' : 'states.logged_out')],
          [t('two_factor'), t(user.two_factor ? 'on' : 'off')],
          [t('fields.age_verified'), translate(`ra.boolean.${user.age_verified}`)],
          ...PROFILE_LINKS.map((name) => [t(`fields.${name}`), linkTo(user[name])] as const),
        ]}
      />
    </CardSection>
  );
}

function linkTo(url: string | null) {
  if (url === null) return null;
  return (
    <Link href={url} rel="noreferrer noopener" target="_blank">
      {url}
    </Link>
  );
}
