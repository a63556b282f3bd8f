import { useMay } from './permissions';
import { RecordLink } from './record-link';

/** A user's name. It leads to the user's page, unless the permission to see users is missing. */
export function UserLink({ id, name }: { id: string; name: string }) {
  const mayView = useMay('view-users');
  if (!mayView) return name;
  return (
    <RecordLink resource="users" id={id} type="show" color="primary">
      {name}
    </RecordLink>
  );
}
