import { Loading, useTranslate } from 'react-admin';
import Typography from '@mui/material/Typography';
import { Navigate } from 'react-router';
import { pathOf, useVisiblePages } from './visible-pages';

/** Opens the first page that the user may see. */
export function Home() {
  const translate = useTranslate();
  const pages = useVisiblePages();
  if (pages === undefined) return <Loading />;
  const [first] = pages;
  if (first === undefined)
    return <Typography sx={{ p: 4 }}>{translate('app.not_allowed_anywhere')}</Typography>;
  return <Navigate to={pathOf(first)} replace />;
}
