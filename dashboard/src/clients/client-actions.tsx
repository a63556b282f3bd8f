import Key from '@mui/icons-material/Key';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { TopToolbar, useRecordContext, useTranslate } from 'react-admin';
import { type Client, clientsDelete, clientsRotateKey, type RotatedKey } from '../api/client';
import { answer } from '../api/problem';
import { ConfirmDialog } from '../common/confirm-dialog';
import { useFormatTime } from '../common/format';
import { useAction } from '../common/problems';
import { RecordDeletion } from '../common/record-deletion';
import { SecretDialog } from '../common/secret-dialog';

/** Hours for which the former key works beside the new one. */
const OVERLAP = { usual: 24, longest: 168 };

/** The buttons above a client's form. */
export function ClientActions() {
  const client = useRecordContext<Client>();
  if (client === undefined) return null;
  return (
    <TopToolbar sx={{ gap: 1, flexWrap: 'wrap' }}>
      <Rotation client={client} />
      <Deletion client={client} />
    </TopToolbar>
  );
}

function useTexts({ name, id }: Client) {
  const translate = useTranslate();
  return (key: string, options: object = {}) =>
    translate(`resources.clients.${key}`, { name, id, ...options });
}

function Rotation({ client }: { client: Client }) {
  const t = useTexts(client);
  const formatTime = useFormatTime();
  const [isOpen, setOpen] = useState(false);
  const [hours, setHours] = useState(String(OVERLAP.usual));
  const [rotated, setRotated] = useState<RotatedKey>();
  const rotate = useAction(
    () => answer(clientsRotateKey({ path: { id: client.id }, body: { overlap_hours: Number(hours) } })),
    { onSuccess: setRotated },
  );
  const isValid = /^\d{1,3}$/.test(hours) && Number(hours) <= OVERLAP.longest;
  return (
    <>
      <Button startIcon={<Key />} onClick={() => setOpen(true)}>
        {t('rotate')}
      </Button>
      <ConfirmDialog
        open={isOpen}
        title={t('rotate_title')}
        action={t('rotate')}
        isBusy={rotate.isPending}
        isDisabled={!isValid}
        onClose={() => setOpen(false)}
        onConfirm={() => rotate.mutate(undefined, { onSettled: () => setOpen(false) })}
      >
        <Typography gutterBottom>{t('rotate_text')}</Typography>
        <TextField
          type="number"
          label={t('overlap')}
          value={hours}
          error={!isValid}
          helperText={t('overlap_help')}
          onChange={({ target }) => setHours(target.value)}
          slotProps={{ htmlInput: { min: 0, max: OVERLAP.longest } }}
        />
      </ConfirmDialog>
      {rotated && (
        <SecretDialog title={t('key_of')} secret={rotated.key} onClose={() => setRotated(undefined)}>
          <Typography sx={{ mt: 2 }}>
            {t('former_key', { time: formatTime(rotated.former_key_valid_until) })}
          </Typography>
        </SecretDialog>
      )}
    </>
  );
}

function Deletion({ client }: { client: Client }) {
  const t = useTexts(client);
  const { id, name } = client;
  return (
    <RecordDeletion name={name} remove={() => answer(clientsDelete({ path: { id } }))}>
      {t('delete_text')}
    </RecordDeletion>
  );
}
