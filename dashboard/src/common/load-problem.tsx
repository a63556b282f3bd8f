import { useQueryClient } from '@tanstack/react-query';
import { Title, useEditContext, useListContext, useShowContext } from 'react-admin';
import { ProblemNotice, useProblemTitle } from './problem-notice';

/** What a list shows when its rows could not be read: `<List error={<ListProblem />}>`. */
export function ListProblem() {
  const { error, refetch } = useListContext();
  return <ProblemNotice isRead error={error} onRetry={() => void refetch()} />;
}

/** The same for `<Show>`. */
export function ShowProblem() {
  const { error, refetch } = useShowContext();
  return <RecordProblem error={error} refetch={refetch} />;
}

/** The same for `<Edit>`. */
export function EditProblem() {
  const { error, refetch } = useEditContext();
  return <RecordProblem error={error} refetch={refetch} />;
}

/** The framework takes the title of the page from the record, which is missing. */
function RecordProblem({ error, refetch }: { error: unknown; refetch: () => unknown }) {
  return (
    <>
      <Title title={useProblemTitle(error)} />
      <ProblemNotice isRead error={error} onRetry={() => void refetch()} />
    </>
  );
}

/** Reads everything on the page again after a change that the framework does not know of. */
export function useReload(): () => void {
  const client = useQueryClient();
  return () => void client.invalidateQueries();
}
