import Box from '@mui/material/Box';
import { type ErrorInfo, type ReactNode, Suspense, useEffect, useState } from 'react';
import { ErrorBoundary } from 'react-error-boundary';
import {
  AppBar,
  Error as CrashPage,
  Loading,
  Logout,
  RefreshIconButton,
  Sidebar,
  TitlePortal,
  ToggleThemeButton,
  UserMenu,
  useGetIdentity,
  useLogout,
  useTranslate,
} from 'react-admin';
import { onEnd } from '../api/session';
import { ProblemArea, ProblemProvider } from '../common/problems';
import { LanguageButton } from './language-button';
import { RecentSignInProvider } from '../common/recent-sign-in';
import { Menu } from './menu';
import { useDocumentTitle, useLanguageOfPage, usePageFocus } from './page-effects';
import { SkipLink } from './skip-link';

/** A title that is too long ends with an ellipsis: after the first line, and after the second one on narrow screens. */
const TITLE = {
  minWidth: 0,
  display: '-webkit-box',
  WebkitBoxOrient: 'vertical',
  WebkitLineClamp: { xs: 2, sm: 1 },
  overflow: 'hidden',
  whiteSpace: 'normal',
  overflowWrap: 'anywhere',
  fontSize: { xs: '1rem', sm: '1.25rem' },
  lineHeight: { xs: 1.25, sm: 1.6 },
  // The framework's element around the text is an inline block, which would be cut as a whole.
  '& .RaConfigurable-root': { display: 'inline' },
} as const;

/** The frame around every page of a signed-in user: header, menu, and the place of the page. */
export function AppLayout({ children }: { children: ReactNode }) {
  const [crash, setCrash] = useState<ErrorInfo>();
  const page = usePageFocus<HTMLElement>();
  useLanguageOfPage();
  useDocumentTitle();
  useEndInOtherTabs();
  return (
    <ProblemProvider>
      <SkipLink target="main-content" />
      <AppBar alwaysOn userMenu={<AccountMenu />} toolbar={<Tools />}>
        <TitlePortal component="h1" variant="h1" sx={TITLE} />
      </AppBar>
      <Box
        sx={{ display: 'flex', minHeight: '100vh', pt: { xs: '56px', sm: '48px' }, boxSizing: 'border-box' }}
      >
        <Sidebar appBarAlwaysOn>
          <Menu />
        </Sidebar>
        <Box
          component="main"
          id="main-content"
          ref={page}
          tabIndex={-1}
          sx={{ flex: 1, minWidth: 0, p: { xs: 1, sm: 2, md: 3 }, outline: 'none', maxWidth: 1_800 }}
        >
          <ErrorBoundary
            onError={(_error, info) => setCrash(info)}
            fallbackRender={({ error, resetErrorBoundary }) => (
              <CrashPage
                error={error as Error}
                resetErrorBoundary={resetErrorBoundary}
                {...(crash === undefined ? {} : { errorInfo: crash })}
              />
            )}
          >
            <ProblemArea />
            <RecentSignInProvider>
              <Suspense fallback={<Loading />}>{children}</Suspense>
            </RecentSignInProvider>
          </ErrorBoundary>
        </Box>
      </Box>
    </ProblemProvider>
  );
}

function Tools() {
  return (
    <>
      <LanguageButton />
      <ToggleThemeButton />
      <RefreshIconButton color="inherit" />
    </>
  );
}

function AccountMenu() {
  const translate = useTranslate();
  const { identity } = useGetIdentity();
  // A spoken name must contain the text that is seen.
  const label = [identity?.fullName, translate('ra.auth.user_menu')].filter(Boolean).join(', ');
  return (
    <UserMenu label={label}>
      <Logout />
    </UserMenu>
  );
}

/** Shows the sign-in page when the session has ended in another tab. */
function useEndInOtherTabs(): void {
  const logout = useLogout();
  useEffect(() => onEnd(() => void logout()), [logout]);
}
