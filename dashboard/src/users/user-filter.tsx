import { AutocompleteInput, ReferenceInput, TextInput } from 'react-admin';
import { useMay } from '../common/permissions';

/**
 * A filter by a user's id: a search by name, or, without the permission to see users, the id itself. The properties that
 * the framework's form of filters reads must be on this element.
 */
export function UserFilter({ source, label }: { source: string; label: string; alwaysOn?: boolean }) {
  const maySearch = useMay('view-users');
  if (!maySearch)
    return <TextInput source={source} label={`${label}_id`} slotProps={{ htmlInput: { maxLength: 24 } }} />;
  return (
    <ReferenceInput source={source} reference="users" sort={{ field: 'username', order: 'ASC' }}>
      <AutocompleteInput
        label={label}
        optionText="username"
        sx={{ minWidth: { sm: 240 } }}
        filterToQuery={(search: string) => (search === '' ? {} : { search })}
      />
    </ReferenceInput>
  );
}
