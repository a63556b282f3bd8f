import History from '@mui/icons-material/History';
import { lazy } from 'react';
import type { ResourcePage } from '../page';
import { auditLogData } from './audit-log.data';
import { auditLogMessages } from './audit-log.messages';

export const auditLogPage: ResourcePage = {
  kind: 'resource',
  name: 'audit-log',
  section: 'system',
  icon: History,
  messages: auditLogMessages,
  permissions: { list: 'view-audit-log' },
  data: auditLogData,
  views: { list: lazy(() => import('./audit-log-list')) },
};
