import MenuBook from '@mui/icons-material/MenuBook';
import { lazy } from 'react';
import type { ResourcePage } from '../page';
import { seriesData } from './series.data';
import { seriesMessages } from './series.messages';

export const seriesPage: ResourcePage = {
  kind: 'resource',
  name: 'series',
  section: 'content',
  icon: MenuBook,
  messages: seriesMessages,
  permissions: { list: 'manage-catalog', show: 'manage-catalog' },
  data: seriesData,
  views: {
    list: lazy(() => import('./series-list')),
    show: lazy(() => import('./series-show')),
    recordRepresentation: 'name',
  },
};
