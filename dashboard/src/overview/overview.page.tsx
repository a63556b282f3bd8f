import BarChartIcon from '@mui/icons-material/BarChart';
import { lazy } from 'react';
import type { CustomPage } from '../page';
import { overviewMessages } from './overview.messages';

const Overview = lazy(() => import('./overview'));

export const overviewPage: CustomPage = {
  kind: 'page',
  name: 'overview',
  path: '/overview',
  section: 'start',
  icon: BarChartIcon,
  messages: overviewMessages,
  permission: 'view-users',
  element: <Overview />,
};
