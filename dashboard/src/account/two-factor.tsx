import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { QRCodeSVG } from 'qrcode.react';
import { useState } from 'react';
import { required, TextInput, useNotify, useTranslate } from 'react-admin';
import {
  authTwoFactorBegin,
  authTwoFactorConfirm,
  authTwoFactorDisable,
  authTwoFactorRecoveryCodes,
  type TwoFactorCode,
  type TwoFactorSecret,
} from '../api/client';
import { answer } from '../api/problem';
import { CardSection } from '../common/card-section';
import { CopyableText } from '../common/copyable-text';
import { FormDialog } from '../common/form-dialog';
import { useAction } from '../common/problems';
import { useRecentSignIn } from '../common/recent-sign-in';
import { SecretDialog } from '../common/secret-dialog';
import { SubmitForm } from '../common/submit-form';
import { useUserChange } from './current-user';

/** Turns the second factor on and off, and makes recovery codes. */
export function TwoFactor({ isOn }: { isOn: boolean }) {
  const t = useTexts();
  const [codes, setCodes] = useState<readonly string[]>();
  return (
    <CardSection title={t('title')}>
      <Typography gutterBottom>{t(isOn ? 'on' : 'off')}</Typography>
      {isOn ? <Changes onCodes={setCodes} /> : <Setup onCodes={setCodes} />}
      {codes && (
        <SecretDialog title={t('recovery')} secret={codes.join('\n')} onClose={() => setCodes(undefined)}>
          <Typography sx={{ mt: 2 }}>{t('recovery_text')}</Typography>
        </SecretDialog>
      )}
    </CardSection>
  );
}

function useTexts() {
  const translate = useTranslate();
  return (key: string) => translate(`pages.security.two_factor.${key}`);
}

interface CodesProps {
  readonly onCodes: (codes: readonly string[]) => void;
}

function Setup({ onCodes }: CodesProps) {
  const t = useTexts();
  const confirm = useRecentSignIn();
  const onChange = useUserChange();
  const [secret, setSecret] = useState<TwoFactorSecret>();
  const begin = useAction(() => confirm((proof) => answer(authTwoFactorBegin({ body: proof }))), {
    onSuccess: setSecret,
  });
  const finish = async (values: object) => {
    const { code } = values as TwoFactorCode;
    const made = await confirm((proof) => answer(authTwoFactorConfirm({ body: { code, ...proof } })));
    setSecret(undefined);
    onCodes(made.recovery_codes);
    onChange();
  };
  if (secret === undefined) {
    return (
      <Button loading={begin.isPending} onClick={() => begin.mutate()}>
        {t('begin')}
      </Button>
    );
  }
  return (
    <Stack spacing={2}>
      <Typography>{t('scan')}</Typography>
      {/* White in both themes: cameras read dark modules on a light ground. */}
      <Box sx={{ bgcolor: '#ffffff', p: 2, alignSelf: 'start', lineHeight: 0 }}>
        <QRCodeSVG value={secret.uri} size={192} title={t('qr')} role="img" />
      </Box>
      <CopyableText text={secret.secret} label={t('key')} />
      <SubmitForm work={finish} action={t('confirm')}>
        <CodeInput helperText="pages.security.two_factor.code_help" />
      </SubmitForm>
    </Stack>
  );
}

function Changes({ onCodes }: CodesProps) {
  const t = useTexts();
  const notify = useNotify();
  const confirm = useRecentSignIn();
  const onChange = useUserChange();
  const renew = async (values: object) => {
    const { code } = values as TwoFactorCode;
    const made = await confirm((proof) => answer(authTwoFactorRecoveryCodes({ body: { code, ...proof } })));
    onCodes(made.recovery_codes);
  };
  const disable = async (values: object) => {
    const { code } = values as TwoFactorCode;
    await confirm((proof) => answer(authTwoFactorDisable({ body: { code, ...proof } })));
    notify('pages.security.two_factor.disabled', { type: 'success' });
    onChange();
  };
  const input = <CodeInput helperText="pages.security.two_factor.any_code_help" />;
  return (
    <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap' }}>
      <FormDialog title={t('new_codes')} text={t('new_codes_text')} work={renew}>
        {input}
      </FormDialog>
      <FormDialog title={t('disable')} text={t('disable_text')} work={disable} color="error">
        {input}
      </FormDialog>
    </Stack>
  );
}

function CodeInput({ helperText }: { helperText: string }) {
  return (
    <TextInput
      source="code"
      label="pages.security.two_factor.code"
      helperText={helperText}
      autoComplete="one-time-code"
      validate={required()}
    />
  );
}
