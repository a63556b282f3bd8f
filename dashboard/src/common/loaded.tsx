import CircularProgress from '@mui/material/CircularProgress';
import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import { useLogoutIfAccessDenied, useTranslate } from 'react-admin';
import { ProblemNotice } from './problem-notice';

/** The data of a query when it has arrived; until then a sign of progress, or why it did not arrive. */
export function Loaded<T>(props: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  const { data, error, refetch } = props.query;
  const translate = useTranslate();
  const logoutIfAccessDenied = useLogoutIfAccessDenied();
  useEffect(() => {
    if (error !== null) void logoutIfAccessDenied(error);
  }, [error, logoutIfAccessDenied]);
  if (error !== null) return <ProblemNotice error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <CircularProgress aria-label={translate('ra.page.loading')} size={24} />;
  return props.children(data);
}
