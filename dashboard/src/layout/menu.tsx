import Box from '@mui/material/Box';
import List from '@mui/material/List';
import ListItem from '@mui/material/ListItem';
import ListItemButton from '@mui/material/ListItemButton';
import ListItemIcon from '@mui/material/ListItemIcon';
import ListItemText from '@mui/material/ListItemText';
import ListSubheader from '@mui/material/ListSubheader';
import useMediaQuery from '@mui/material/useMediaQuery';
import type { Theme } from '@mui/material/styles';
import { useSidebarState, useTranslate } from 'react-admin';
import { NavLink, useLocation } from 'react-router';
import { type Page, SECTIONS } from '../page';
import { CLOSED_MENU_WIDTH as CLOSED_WIDTH, MENU_WIDTH as WIDTH } from '../theme';
import { pathOf, titleOf, useVisiblePages } from './visible-pages';

/** The pages that the user may see, by section. */
export function Menu() {
  const translate = useTranslate();
  const [isOpen] = useSidebarState();
  const pages = useVisiblePages() ?? [];
  const sections = SECTIONS.map((name) => ({ name, pages: pages.filter(({ section }) => section === name) }));
  return (
    <Box component="nav" aria-label={translate('app.menu')} sx={{ width: isOpen ? WIDTH : CLOSED_WIDTH }}>
      {sections
        .filter((section) => section.pages.length > 0)
        .map((section) => (
          <List
            key={section.name}
            dense
            aria-label={translate(`app.sections.${section.name}`)}
            subheader={
              isOpen ? (
                <ListSubheader disableSticky sx={{ lineHeight: 2.5, background: 'none' }}>
                  {translate(`app.sections.${section.name}`)}
                </ListSubheader>
              ) : undefined
            }
          >
            {section.pages.map((page) => (
              <MenuItem key={page.name} page={page} />
            ))}
          </List>
        ))}
    </Box>
  );
}

function MenuItem({ page }: { page: Page }) {
  const translate = useTranslate();
  const [isOpen, setOpen] = useSidebarState();
  const covers = useMediaQuery<Theme>((theme) => theme.breakpoints.down('sm'));
  const { pathname } = useLocation();
  const path = pathOf(page);
  const title = translate(titleOf(page), { smart_count: 2 });
  const Icon = page.icon;
  return (
    <ListItem disablePadding>
      <ListItemButton
        component={NavLink}
        to={path}
        selected={pathname === path || pathname.startsWith(`${path}/`)}
        onClick={() => covers && setOpen(false)}
        aria-label={title}
        {...(isOpen ? {} : { title })}
        sx={{ minHeight: 40, whiteSpace: 'nowrap' }}
      >
        <ListItemIcon sx={{ minWidth: 40 }}>
          <Icon fontSize="small" />
        </ListItemIcon>
        {isOpen && <ListItemText primary={title} />}
      </ListItemButton>
    </ListItem>
  );
}
