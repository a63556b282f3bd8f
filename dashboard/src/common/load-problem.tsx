import { useQueryClient } from '@tanstack/react-query';
import { useShowContext, useListContext, useEditContext } from 'react-admin';
import { ProblemNotice } from './problem-notice';

/** What a list shows when its rows could not be read: `<List error={<ListProblem />}>`. */
export function ListProblem() {
  const { error, refetch } = useListContext();
  return <ProblemNotice error={error} onRetry={() => void refetch()} />;
}

/** The same for `<Show>`. */
export function ShowProblem() {
  const { error, refetch } = useShowContext();
  return <ProblemNotice error={error} onRetry={() => void refetch()} />;
}

/** The same for `<Edit>`. */
export function EditProblem() {
  const { error, refetch } = useEditContext();
  return <ProblemNotice error={error} onRetry={() => void refetch()} />;
}

/** Reads everything on the page again after a change that the framework does not know of. */
export function useReload(): () => void {
  const client = useQueryClient();
  return () => void client.invalidateQueries();
}
