import { Edit, type EditProps, Loading, SimpleForm } from 'react-admin';
import { FormDraft } from './form-draft';
import { EditProblem } from './load-problem';
import { useMutationOptions } from './problems';
import { SaveToolbar } from './save-toolbar';

/** The form of a record: what is typed survives refusals and the end of the session, and the list follows a change unless `redirect` names another page. */
export function PageEdit(props: Pick<EditProps, 'actions' | 'children' | 'redirect'>) {
  const { actions, children, redirect = 'list' } = props;
  return (
    <Edit
      mutationMode="pessimistic"
      mutationOptions={useMutationOptions()}
      redirect={redirect}
      redirectOnError={false}
      error={<EditProblem />}
      loading={<Loading />}
      {...(actions === undefined ? {} : { actions })}
    >
      <SimpleForm toolbar={<SaveToolbar />} warnWhenUnsavedChanges noValidate>
        <FormDraft />
        {children}
      </SimpleForm>
    </Edit>
  );
}
