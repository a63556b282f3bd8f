import PhotoLibrary from '@mui/icons-material/PhotoLibrary';
import { lazy } from 'react';
import type { ResourcePage } from '../page';
import { imagesData } from './images.data';
import { imagesMessages } from './images.messages';

export const imagesPage: ResourcePage = {
  kind: 'resource',
  name: 'images',
  section: 'content',
  icon: PhotoLibrary,
  messages: imagesMessages,
  permissions: { list: 'moderate-images' },
  data: imagesData,
  views: { list: lazy(() => import('./image-list')) },
};
