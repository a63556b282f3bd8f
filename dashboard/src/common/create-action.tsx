import { CreateButton, TopToolbar } from 'react-admin';

/** The button above a list that leads to a new row; the framework hides it without the permission. */
export function CreateAction() {
  return (
    <TopToolbar>
      <CreateButton variant="outlined" />
    </TopToolbar>
  );
}
