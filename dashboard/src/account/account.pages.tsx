import Key from '@mui/icons-material/Key';
import Person from '@mui/icons-material/Person';
import Security from '@mui/icons-material/Security';
import { lazy } from 'react';
import type { CustomPage } from '../page';
import { accountMessages } from './account.messages';

const Profile = lazy(() => import('./profile'));
const SecurityPage = lazy(() => import('./security'));
const Tokens = lazy(() => import('./tokens'));

const common = { kind: 'page', section: 'account', permission: null, messages: accountMessages } as const;

/** The pages of the user's own account. */
export const accountPages: readonly CustomPage[] = [
  { ...common, name: 'profile', path: '/account/profile', icon: Person, element: <Profile /> },
  { ...common, name: 'security', path: '/account/security', icon: Security, element: <SecurityPage /> },
  { ...common, name: 'tokens', path: '/account/tokens', icon: Key, element: <Tokens /> },
];
