import Devices from '@mui/icons-material/Devices';
import { lazy } from 'react';
import type { ResourcePage } from '../page';
import { clientsData } from './clients.data';
import { clientsMessages } from './clients.messages';

export const clientsPage: ResourcePage = {
  kind: 'resource',
  name: 'clients',
  section: 'system',
  icon: Devices,
  messages: clientsMessages,
  permissions: {
    list: 'manage-clients',
    create: 'manage-clients',
    edit: 'manage-clients',
    delete: 'manage-clients',
  },
  data: clientsData,
  views: {
    list: lazy(() => import('./client-list')),
    create: lazy(() => import('./client-create')),
    edit: lazy(() => import('./client-edit')),
    recordRepresentation: 'name',
  },
};
