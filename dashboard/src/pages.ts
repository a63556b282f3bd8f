import { accountPages } from './account/account.pages';
import { auditLogPage } from './audit-log/audit-log.page';
import { importPage } from './catalog/import.page';
import { seriesPage } from './catalog/series.page';
import { clientsPage } from './clients/clients.page';
import { imagesPage } from './images/images.page';
import { invitationsPage } from './invitations/invitations.page';
import { overviewPage } from './overview/overview.page';
import type { Page } from './page';
import { rolesPage } from './roles/roles.page';
import { usersPage } from './users/users.page';

/** Every page with a place in the menu, in the order of its section. */
export const PAGES: readonly Page[] = [
  overviewPage,
  usersPage,
  rolesPage,
  invitationsPage,
  imagesPage,
  seriesPage,
  importPage,
  clientsPage,
  auditLogPage,
  ...accountPages,
];
