import { QueryClient } from '@tanstack/react-query';
import { Admin, CustomRoutes, Resource } from 'react-admin';
import { Route } from 'react-router';
import { createAuthProvider } from './api/auth-provider';
import { createDataProvider } from './api/data-provider';
import { Problem } from './api/problem';
import { i18nProvider } from './i18n/i18n-provider';
import { Home } from './layout/home';
import { AppLayout } from './layout/layout';
import { Guarded } from './layout/guarded';
import type { CustomPage, ResourcePage } from './page';
import { PAGES } from './pages';
import { PUBLIC_ROUTES } from './public-pages/public-routes';
import { SignInPage } from './sign-in/sign-in-page';
import { createStore } from './store';
import { darkTheme, lightTheme } from './theme';

const RESOURCES = PAGES.filter((page): page is ResourcePage => page.kind === 'resource');
const CUSTOM = PAGES.filter((page): page is CustomPage => page.kind === 'page');

const dataProvider = createDataProvider(Object.fromEntries(RESOURCES.map(({ name, data }) => [name, data])));

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // A request is repeated if it got no answer, but not if the service refused it.
      retry: (failures, error) => failures < 2 && error instanceof Problem && error.status === 0,
      refetchOnWindowFocus: false,
    },
  },
});

const authProvider = createAuthProvider((resource, action) => {
  const permissions: ResourcePage['permissions'] | undefined = RESOURCES.find(
    ({ name }) => name === resource,
  )?.permissions;
  return permissions?.[action as keyof typeof permissions];
}, showPermissions);

/** Shows menu and buttons according to the current permissions. An open form keeps what was typed. */
async function showPermissions(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: ['auth', 'getPermissions'] });
}

const store = createStore();

export function App() {
  return (
    <Admin
      authProvider={authProvider}
      dataProvider={dataProvider}
      i18nProvider={i18nProvider}
      queryClient={queryClient}
      store={store}
      layout={AppLayout}
      loginPage={SignInPage}
      dashboard={Home}
      theme={lightTheme}
      darkTheme={darkTheme}
      requireAuth
      disableTelemetry
      title="Tankobon"
    >
      {RESOURCES.map(({ name, icon, views }) => (
        <Resource key={name} name={name} icon={icon} {...views} />
      ))}
      <CustomRoutes noLayout>
        {PUBLIC_ROUTES.map(({ path, Page }) => (
          <Route key={path} path={path} element={<Page />} />
        ))}
      </CustomRoutes>
      <CustomRoutes>
        {CUSTOM.map(({ name, path, permission, element }) => (
          <Route key={name} path={path} element={<Guarded permission={permission}>{element}</Guarded>} />
        ))}
      </CustomRoutes>
    </Admin>
  );
}
