import UploadFile from '@mui/icons-material/UploadFile';
import { lazy } from 'react';
import type { CustomPage } from '../page';
import { importMessages } from './import.messages';

const CatalogImport = lazy(() => import('./catalog-import'));

export const importPage: CustomPage = {
  kind: 'page',
  name: 'catalog-import',
  path: '/catalog-import',
  section: 'content',
  icon: UploadFile,
  messages: importMessages,
  permission: 'manage-catalog',
  element: <CatalogImport />,
};
