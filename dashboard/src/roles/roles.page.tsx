import AdminPanelSettings from '@mui/icons-material/AdminPanelSettings';
import { lazy } from 'react';
import type { ResourcePage } from '../page';
import { rolesData } from './roles.data';
import { rolesMessages } from './roles.messages';

export const rolesPage: ResourcePage = {
  kind: 'resource',
  name: 'roles',
  section: 'people',
  icon: AdminPanelSettings,
  messages: rolesMessages,
  permissions: { list: 'view-roles', create: 'edit-roles', edit: 'edit-roles', delete: 'edit-roles' },
  data: rolesData,
  views: {
    list: lazy(() => import('./role-list')),
    create: lazy(() => import('./role-create')),
    edit: lazy(() => import('./role-edit')),
    recordRepresentation: 'name',
  },
};
