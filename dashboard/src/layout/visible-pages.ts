import { usePermissions } from 'react-admin';
import type { Permission } from '../api/client';
import { type Page, SECTIONS } from '../page';
import { PAGES } from '../pages';

/** The pages that the signed-in user may see, in the order of the menu; undefined until that is known. */
export function useVisiblePages(): Page[] | undefined {
  const { permissions } = usePermissions<Permission[]>();
  if (permissions === undefined) return undefined;
  const isVisible = (page: Page) => {
    const needed = page.kind === 'resource' ? page.permissions.list : page.permission;
    return needed === null || (needed !== undefined && permissions.includes(needed));
  };
  return SECTIONS.flatMap((section) => PAGES.filter((page) => page.section === section && isVisible(page)));
}

export function pathOf(page: Page): string {
  return page.kind === 'resource' ? `/${page.name}` : page.path;
}

/** The key of the page's name. */
export function titleOf(page: Page): string {
  return page.kind === 'resource' ? `resources.${page.name}.name` : `pages.${page.name}.title`;
}
