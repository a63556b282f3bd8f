import { lazy } from 'react';

/** Pages that need no sign-in. The paths are those of the links in messages. */
export const PUBLIC_ROUTES = [
  { path: '/forgot-password', Page: lazy(() => import('./forgot-password')) },
  { path: '/reset-password', Page: lazy(() => import('./reset-password')) },
  { path: '/verify-email', Page: lazy(() => import('./verify-email')) },
  { path: '/register', Page: lazy(() => import('./register')) },
];
