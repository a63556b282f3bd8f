import { CheckboxGroupInput, maxLength, required, TextInput } from 'react-admin';
import type { Scope } from '../api/client';

const SCOPES: readonly Scope[] = ['photos:delete'];

/** The fields of a client's form. */
export function ClientFields() {
  return (
    <>
      <TextInput source="name" validate={[required(), maxLength(100)]} />
      <TextInput source="url" type="url" validate={maxLength(200)} helperText="resources.clients.url_help" />
      <CheckboxGroupInput
        source="scopes"
        choices={SCOPES.map((id) => ({ id, name: `resources.clients.scopes.${id.replace(':', '_')}` }))}
      />
    </>
  );
}
