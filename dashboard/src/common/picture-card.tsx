import AddAPhoto from '@mui/icons-material/AddAPhoto';
import Delete from '@mui/icons-material/Delete';
import Avatar from '@mui/material/Avatar';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useTranslate } from 'react-admin';
import { CardSection } from './card-section';
import { ConfirmDialog } from './confirm-dialog';
import { FileButton } from './file-button';
import { useAction } from './problems';
import { readDataUrl } from './read-file';

interface PictureChanges {
  /** @param image a data URL */
  upload(image: string): Promise<unknown>;
  remove(): Promise<unknown>;
  /** Called after a change. */
  onChange(): void;
}

/** A user's picture, with upload and removal if they are allowed. */
export function PictureCard(props: { name: string; picture: string | null; changes: PictureChanges | null }) {
  const { name, picture, changes } = props;
  const translate = useTranslate();
  const t = (key: string) => translate(`app.picture.${key}`, { name });
  return (
    <CardSection title={t('title')}>
      <Stack spacing={1} sx={{ alignItems: 'center' }}>
        {picture === null ? (
          <Typography color="textSecondary">{t('none')}</Typography>
        ) : (
          <Avatar src={picture} alt={t('alt')} sx={{ width: 150, height: 150 }} />
        )}
        {changes && <Upload changes={changes} label={t(picture === null ? 'upload' : 'replace')} />}
        {changes && picture !== null && <Removal changes={changes} name={name} />}
      </Stack>
    </CardSection>
  );
}

function Upload({ changes, label }: { changes: PictureChanges; label: string }) {
  const translate = useTranslate();
  const upload = useAction(async (file: File) => changes.upload(await readDataUrl(file)), {
    done: 'app.picture.uploaded',
    onSuccess: changes.onChange,
  });
  return (
    <>
      <FileButton
        accept="image/jpeg,image/png,image/gif"
        startIcon={<AddAPhoto />}
        loading={upload.isPending}
        onFile={(file) => upload.mutate(file)}
      >
        {label}
      </FileButton>
      <Typography variant="caption" color="textSecondary">
        {translate('app.picture.help')}
      </Typography>
    </>
  );
}

function Removal({ changes, name }: { changes: PictureChanges; name: string }) {
  const translate = useTranslate();
  const [isOpen, setOpen] = useState(false);
  const t = (key: string) => translate(`app.picture.${key}`, { name });
  const remove = useAction(() => changes.remove(), {
    done: 'app.picture.removed',
    onSuccess: changes.onChange,
  });
  return (
    <>
      <Button startIcon={<Delete />} color="error" onClick={() => setOpen(true)}>
        {t('remove')}
      </Button>
      <ConfirmDialog
        open={isOpen}
        title={t('remove_title')}
        action={t('remove')}
        isBusy={remove.isPending}
        onClose={() => setOpen(false)}
        onConfirm={() => remove.mutate(undefined, { onSettled: () => setOpen(false) })}
      >
        {t('remove_text')}
      </ConfirmDialog>
    </>
  );
}
