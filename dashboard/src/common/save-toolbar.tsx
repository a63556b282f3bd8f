import { SaveButton, Toolbar } from 'react-admin';

/** The button below a form. */
export function SaveToolbar({ label }: { label?: string }) {
  return (
    <Toolbar>
      <SaveButton {...(label === undefined ? {} : { label })} />
    </Toolbar>
  );
}
