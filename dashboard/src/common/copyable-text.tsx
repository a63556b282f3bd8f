import ContentCopy from '@mui/icons-material/ContentCopy';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import { useNotify, useTranslate } from 'react-admin';

/** A text with a button that copies it. */
export function CopyableText({ text, label }: { text: string; label: string }) {
  const translate = useTranslate();
  const notify = useNotify();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      notify('app.copied', { type: 'success' });
    } catch {
      // Browsers allow it on secure pages only.
      notify('app.copy_failed', { type: 'warning' });
    }
  };
  return (
    <Stack direction={{ xs: 'column', sm: 'row' }} spacing={1} sx={{ alignItems: { sm: 'center' } }}>
      <TextField
        value={text}
        label={label}
        multiline
        margin="none"
        slotProps={{ htmlInput: { readOnly: true, style: { fontFamily: 'monospace' } } }}
        onFocus={(event) => event.target.select()}
      />
      <Button startIcon={<ContentCopy />} onClick={() => void copy()} sx={{ flexShrink: 0 }}>
        {translate('app.copy')}
      </Button>
    </Stack>
  );
}
