import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { connect } from './api/connect';
import { App } from './app';
import { BASENAME } from './location';
import { reloadAfterUpgrade } from './upgrade';

connect();
reloadAfterUpgrade();

// The warning about unsaved changes needs a data router.
const router = createBrowserRouter([{ path: '*', element: <App /> }], { basename: BASENAME });

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element for the dashboard');
createRoot(root).render(
  <StrictMode>
    {/* A sign-out renders the page repeatedly until the sign-in page is open. A transition would wait for these renderings. */}
    <RouterProvider router={router} useTransitions={false} />
  </StrictMode>,
);
