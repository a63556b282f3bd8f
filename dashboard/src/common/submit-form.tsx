import Button from '@mui/material/Button';
import { type ReactNode, useState } from 'react';
import { Form, type RaRecord, useLogoutIfAccessDenied } from 'react-admin';
import type { FieldValues } from 'react-hook-form';
import { Problem } from '../api/problem';
import { Cancelled } from './cancelled';
import { ProblemNotice } from './problem-notice';

/**
 * A form that calls an operation. A refusal is explained above its fields, and at those that it names; what was typed
 * stays.
 *
 * @param props `work` gets the values, `action` is the text of the button, `record` has the first values
 */
export function SubmitForm(props: {
  work: (values: FieldValues) => Promise<void>;
  action: string;
  record?: Partial<RaRecord>;
  /** Whether a refused sign-in is one of this form rather than the end of the session. */
  isPublic?: boolean;
  fullWidth?: boolean;
  children: ReactNode;
}) {
  const { work, action, record, isPublic = false, fullWidth = false, children } = props;
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const logoutIfAccessDenied = useLogoutIfAccessDenied();

  const submit = async (values: FieldValues) => {
    setBusy(true);
    setError(null);
    try {
      await work(values);
      return undefined;
    } catch (problem) {
      if (problem instanceof Cancelled) return undefined;
      if (!isPublic && (await logoutIfAccessDenied(problem))) return undefined;
      setError(problem);
      return problem instanceof Problem ? (problem.body as { errors?: object } | null)?.errors : undefined;
    } finally {
      setBusy(false);
    }
  };
  return (
    <Form onSubmit={submit} noValidate {...(record === undefined ? {} : { record })}>
      {error !== null && <ProblemNotice error={error} />}
      {children}
      <Button type="submit" variant="contained" sx={{ mt: 1 }} fullWidth={fullWidth} loading={isBusy}>
        {action}
      </Button>
    </Form>
  );
}
