import Button, { type ButtonProps } from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import { type ReactNode, useId, useState } from 'react';
import { useTranslate } from 'react-admin';
import type { FieldValues } from 'react-hook-form';
import { SubmitForm } from './submit-form';

/** A button that opens a small form. It closes when the operation has succeeded. */
export function FormDialog(props: {
  /** The text of the button and of the dialog. */
  title: string;
  text?: string;
  work: (values: FieldValues) => Promise<void>;
  color?: ButtonProps['color'];
  startIcon?: ReactNode;
  children: ReactNode;
}) {
  const { title, text, work, color = 'primary', startIcon, children } = props;
  const translate = useTranslate();
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <Button color={color} startIcon={startIcon} onClick={() => setOpen(true)}>
        {title}
      </Button>
      <Dialog open={isOpen} onClose={close} aria-labelledby={id} fullWidth maxWidth="xs">
        <DialogTitle id={id}>{title}</DialogTitle>
        <DialogContent>
          {text !== undefined && <Typography gutterBottom>{text}</Typography>}
          <SubmitForm work={(values) => work(values).then(close)} action={title} fullWidth>
            {children}
          </SubmitForm>
          <Button fullWidth variant="text" sx={{ mt: 1 }} onClick={close}>
            {translate('ra.action.cancel')}
          </Button>
        </DialogContent>
      </Dialog>
    </>
  );
}
