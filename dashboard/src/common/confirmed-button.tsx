import Button, { type ButtonProps } from '@mui/material/Button';
import { type ReactNode, useState } from 'react';
import { ConfirmDialog } from './confirm-dialog';

/** A button whose action must be confirmed first. The children say what it does. */
export function ConfirmedButton(props: {
  label: string;
  title: string;
  isBusy: boolean;
  /** Begins the action, and calls `close` when it has ended. */
  run: (close: () => void) => void;
  icon?: ReactNode;
  size?: ButtonProps['size'];
  children: ReactNode;
}) {
  const { icon, label, title, isBusy, run, size = 'medium', children } = props;
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <Button color="error" startIcon={icon} size={size} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <ConfirmDialog
        open={isOpen}
        title={title}
        action={label}
        isBusy={isBusy}
        onClose={close}
        onConfirm={() => run(close)}
      >
        {children}
      </ConfirmDialog>
    </>
  );
}
