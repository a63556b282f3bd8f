import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import { createContext, type ReactNode, useCallback, useContext, useId, useState } from 'react';
import { PasswordInput, required, useLogout, useTranslate } from 'react-admin';
import type { TwoFactorSetup as Proof } from '../api/client';
import { Problem } from '../api/problem';
import { SIGN_IN_AGAIN } from '../api/server-messages';
import { Cancelled } from './cancelled';
import { SubmitForm } from './submit-form';

type Work<T> = (proof: Proof) => Promise<T>;
type Confirm = <T>(work: Work<T>) => Promise<T>;

const ConfirmContext = createContext<Confirm>((work) => work({}));

interface Pending {
  run(proof: Proof): Promise<void>;
  cancel(): void;
}

/**
 * Runs what needs a recent sign-in: `confirm((proof) => answer(operation({ body: { ...values, ...proof } })))`. If the
 * sign-in is too old, a dialog asks for the password, and the operation is called again.
 */
export function useRecentSignIn(): Confirm {
  return useContext(ConfirmContext);
}

export function RecentSignInProvider({ children }: { children: ReactNode }) {
  const [pending, setPending] = useState<Pending>();
  const confirm: Confirm = useCallback(async <T,>(work: Work<T>) => {
    try {
      return await work({});
    } catch (error) {
      if (!needsProof(error)) throw error;
    }
    return new Promise<T>((resolve, reject) => {
      const close = () => setPending(undefined);
      const run = async (proof: Proof) => {
        const [result] = await Promise.allSettled([work(proof)]);
        // The dialog explains a wrong password; the form behind it explains everything else.
        if (result.status === 'rejected' && needsProof(result.reason)) throw result.reason;
        if (result.status === 'fulfilled') resolve(result.value);
        else reject(result.reason as Error);
        close();
      };
      const cancel = () => {
        reject(new Cancelled());
        close();
      };
      setPending({ run, cancel });
    });
  }, []);
  return (
    <ConfirmContext value={confirm}>
      {children}
      {pending && <PasswordDialog pending={pending} />}
    </ConfirmContext>
  );
}

function PasswordDialog({ pending }: { pending: Pending }) {
  const translate = useTranslate();
  const logout = useLogout();
  const id = useId();
  return (
    <Dialog open onClose={pending.cancel} aria-labelledby={id} fullWidth maxWidth="xs">
      <DialogTitle id={id}>{translate('app.recent.title')}</DialogTitle>
      <DialogContent>
        <Typography gutterBottom>{translate('app.recent.text')}</Typography>
        <SubmitForm work={pending.run} action={translate('ra.action.confirm')} isPublic fullWidth>
          <PasswordInput
            source="current_password"
            label="app.recent.password"
            autoComplete="current-password"
            autoFocus
            validate={required()}
          />
        </SubmitForm>
        <Button fullWidth sx={{ mt: 1 }} variant="text" onClick={() => void logout()}>
          {translate('app.recent.other_way')}
        </Button>
        <Button fullWidth sx={{ mt: 1 }} variant="text" onClick={pending.cancel}>
          {translate('ra.action.cancel')}
        </Button>
      </DialogContent>
    </Dialog>
  );
}

function needsProof(error: unknown): boolean {
  return error instanceof Problem && error.message === SIGN_IN_AGAIN;
}
