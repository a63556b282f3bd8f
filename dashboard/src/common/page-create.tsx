import { Create, type RaRecord, SimpleForm } from 'react-admin';
import type { ReactNode } from 'react';
import { FormDraft } from './form-draft';
import { useMutationOptions } from './problems';
import { SaveToolbar } from './save-toolbar';

/**
 * The form of a new record: what is typed survives refusals and the end of the session. The list follows, unless
 * `onCreated` shows something of the new record first, such as a secret.
 */
export function PageCreate<R extends RaRecord>(props: {
  defaultValues: Partial<Record<keyof R, unknown>>;
  /** The text of the button. */
  action?: string;
  onCreated?: (record: R) => void;
  children: ReactNode;
}) {
  const { defaultValues, action = 'ra.action.save', onCreated, children } = props;
  const mutationOptions = useMutationOptions();
  return (
    <Create<R>
      mutationOptions={
        onCreated === undefined ? mutationOptions : { ...mutationOptions, onSuccess: onCreated }
      }
      redirect={onCreated === undefined ? 'list' : false}
    >
      <SimpleForm
        toolbar={<SaveToolbar label={action} />}
        defaultValues={defaultValues}
        warnWhenUnsavedChanges
        noValidate
      >
        <FormDraft />
        {children}
      </SimpleForm>
    </Create>
  );
}
