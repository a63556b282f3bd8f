import MailOutlined from '@mui/icons-material/MailOutlined';
import { lazy } from 'react';
import type { ResourcePage } from '../page';
import { invitationsData } from './invitations.data';
import { invitationsMessages } from './invitations.messages';

export const invitationsPage: ResourcePage = {
  kind: 'resource',
  name: 'invitations',
  section: 'people',
  icon: MailOutlined,
  messages: invitationsMessages,
  permissions: { list: 'edit-users', create: 'edit-users', delete: 'edit-users' },
  data: invitationsData,
  views: {
    list: lazy(() => import('./invitation-list')),
    create: lazy(() => import('./invitation-create')),
    recordRepresentation: 'note',
  },
};
