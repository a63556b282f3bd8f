import Delete from '@mui/icons-material/Delete';
import type { ReactNode } from 'react';
import { useRedirect, useResourceContext, useTranslate } from 'react-admin';
import { ConfirmedButton } from './confirmed-button';
import { useAction } from './problems';

/**
 * The button on a record's page that deletes the record after a confirmation, and then opens the list. Its messages are
 * `delete_title` and `deleted` of the resource. The children say what the deletion does.
 */
export function RecordDeletion(props: { name: string; remove: () => Promise<unknown>; children: ReactNode }) {
  const { name, remove, children } = props;
  const translate = useTranslate();
  const redirect = useRedirect();
  const resource = useResourceContext() ?? '';
  const deletion = useAction(remove, {
    done: `resources.${resource}.deleted`,
    onSuccess: () => redirect('list', resource),
  });
  return (
    <ConfirmedButton
      icon={<Delete />}
      label={translate('ra.action.delete')}
      title={translate(`resources.${resource}.delete_title`, { name })}
      isBusy={deletion.isPending}
      run={(close) => deletion.mutate(undefined, { onSettled: close })}
    >
      {children}
    </ConfirmedButton>
  );
}
