import type SvgIcon from '@mui/material/SvgIcon';
import type { ReactElement } from 'react';
import type { ResourceProps } from 'react-admin';
import type { Permission } from './api/client';
import type { ResourceData } from './api/data-provider';
import type { Messages } from './i18n/define-messages';

/** The sections of the menu, in their order. */
export const SECTIONS = ['start', 'people', 'content', 'system', 'account'] as const;

interface CommonPage {
  readonly section: (typeof SECTIONS)[number];
  readonly icon: typeof SvgIcon;
  /** The page's texts; its name in the menu is `resources.<name>.name` or `pages.<name>.title`. */
  readonly messages: Messages;
}

/** A page of rows of one kind: a list, and pages to show, create and change one. */
export interface ResourcePage extends CommonPage {
  readonly kind: 'resource';
  readonly name: string;
  /** The permission for each action. Actions without one are not offered. */
  readonly permissions: Readonly<Partial<Record<'list' | 'show' | 'create' | 'edit' | 'delete', Permission>>>;
  readonly data: ResourceData;
  readonly views: Pick<ResourceProps, 'list' | 'show' | 'create' | 'edit' | 'recordRepresentation'>;
}

/** A page of any other kind, inside the frame with the menu. */
export interface CustomPage extends CommonPage {
  readonly kind: 'page';
  readonly name: string;
  /** Where the page is, such as `/account`. */
  readonly path: string;
  /** The permission to see the page; null for every account. */
  readonly permission: Permission | null;
  readonly element: ReactElement;
}

export type Page = ResourcePage | CustomPage;
