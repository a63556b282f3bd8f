import { alpha, type Theme } from '@mui/material/styles';
import { defaultDarkTheme, defaultLightTheme, type RaThemeOptions } from 'react-admin';

/** The operating system's own fonts: nothing has to be loaded. */
const FONTS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK JP", sans-serif';

/** Pixels. */
export const MENU_WIDTH = 256;
export const CLOSED_MENU_WIDTH = 56;

const shared: RaThemeOptions = {
  typography: {
    fontFamily: FONTS,
    h1: { fontSize: '1.25rem', fontWeight: 500 },
    h2: { fontSize: '1.1rem', fontWeight: 600 },
    h3: { fontSize: '1rem', fontWeight: 600 },
    h6: { fontWeight: 500 },
    button: { textTransform: 'none' },
  },
  shape: { borderRadius: 8 },
  sidebar: { width: MENU_WIDTH, closedWidth: CLOSED_MENU_WIDTH },
};

const sharedComponents: RaThemeOptions['components'] = {
  MuiTextField: { defaultProps: { variant: 'outlined', margin: 'dense', size: 'small', fullWidth: true } },
  MuiFormControl: { defaultProps: { variant: 'outlined', margin: 'dense', size: 'small', fullWidth: true } },
  MuiCard: { defaultProps: { variant: 'outlined' } },
  MuiButton: { defaultProps: { variant: 'outlined' }, styleOverrides: { root: { overflowWrap: 'normal' } } },
  MuiDialogTitle: { styleOverrides: { root: { overflowWrap: 'anywhere' } } },
  MuiDialogContent: { styleOverrides: { root: { overflowWrap: 'anywhere' } } },
  // Without these, a wide table or a long address makes the whole page wider than the screen.
  RaList: {
    styleOverrides: {
      root: ({ theme }: { theme: Theme }) => ({
        '& .RaList-main': { minWidth: 0 },
        // The floating button for a new record would cover the buttons of the last row, and the one for the next page.
        [theme.breakpoints.down('md')]: { paddingBottom: 120 },
      }),
    },
  },
  RaDataTable: {
    styleOverrides: {
      root: {
        overflowX: 'auto',
        '& .RaDataTable-rowCell': { overflowWrap: 'anywhere', minWidth: '7rem' },
        '& .column-created, & .column-registered': { whiteSpace: 'nowrap' },
      },
    },
  },
  MuiListItemText: { styleOverrides: { root: { overflowWrap: 'anywhere' } } },
  RaShow: { styleOverrides: { root: { '& .RaShow-main, & .RaShow-card': { minWidth: 0 } } } },
  RaEdit: { styleOverrides: { root: { '& .RaEdit-main': { minWidth: 0 } } } },
  // On small screens these would be boxes of another colour, empty where the button floats.
  RaTopToolbar: { styleOverrides: { root: { '&&': { backgroundColor: 'transparent' } } } },
  RaListToolbar: { styleOverrides: { root: { '&&': { backgroundColor: 'transparent', minHeight: 16 } } } },
  RaToolbar: {
    styleOverrides: {
      root: ({ theme }: { theme: Theme }) => ({
        '&.RaToolbar-desktopToolbar, &.RaToolbar-mobileToolbar': {
          backgroundColor: theme.palette.background.paper,
        },
      }),
    },
  },
};

/** A focus ring that is visible on every background. */
const focusRing = (color: string): RaThemeOptions['components'] => ({
  MuiButtonBase: {
    styleOverrides: { root: { '&.Mui-focusVisible': { outline: `2px solid ${color}`, outlineOffset: 2 } } },
  },
});

export const lightTheme: RaThemeOptions = {
  ...defaultLightTheme,
  ...shared,
  palette: {
    mode: 'light',
    primary: { main: '#3949ab' },
    secondary: { main: '#3949ab' },
    error: { main: '#b3261e' },
    background: { default: '#f6f6fa', paper: '#ffffff' },
    text: { primary: '#1b1b22', secondary: '#55555f' },
  },
  components: {
    ...defaultLightTheme.components,
    ...sharedComponents,
    ...focusRing('#3949ab'),
    MuiAppBar: {
      styleOverrides: { root: { backgroundColor: '#2c3a8f', color: '#ffffff', boxShadow: 'none' } },
    },
  },
};

export const darkTheme: RaThemeOptions = {
  ...defaultDarkTheme,
  ...shared,
  palette: {
    mode: 'dark',
    primary: { main: '#aab4f5' },
    secondary: { main: '#aab4f5' },
    error: { main: '#ffb4ab' },
    background: { default: '#131318', paper: '#1c1c23' },
    text: { primary: '#ececf3', secondary: '#b4b4c0' },
  },
  components: {
    ...defaultDarkTheme.components,
    ...sharedComponents,
    ...focusRing('#aab4f5'),
    MuiAppBar: {
      styleOverrides: {
        root: {
          backgroundColor: '#1c1c23',
          backgroundImage: 'none',
          color: '#ececf3',
          boxShadow: `inset 0 -1px ${alpha('#ffffff', 0.12)}`,
        },
      },
    },
  },
};
