import People from '@mui/icons-material/People';
import { lazy } from 'react';
import type { ResourcePage } from '../page';
import { usersData } from './users.data';
import { usersMessages } from './users.messages';

export const usersPage: ResourcePage = {
  kind: 'resource',
  name: 'users',
  section: 'people',
  icon: People,
  messages: usersMessages,
  permissions: { list: 'view-users', show: 'view-users', edit: 'edit-users', delete: 'delete-users' },
  data: usersData,
  views: {
    list: lazy(() => import('./user-list')),
    show: lazy(() => import('./user-show')),
    edit: lazy(() => import('./user-edit')),
    recordRepresentation: 'username',
  },
};
