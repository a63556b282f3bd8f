import Upload from '@mui/icons-material/Upload';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import LinearProgress from '@mui/material/LinearProgress';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { Title, useTranslate } from 'react-admin';
import { catalogImport, type ImportReport } from '../api/client';
import { answer } from '../api/problem';
import { fetchWithProgress } from '../api/upload';
import { CardSection } from '../common/card-section';
import { FileButton } from '../common/file-button';
import { useAction } from '../common/problems';
import { ImportResult } from './import-result';

/** The media type of the operation; the service sees itself whether the file is compressed. */
const ACCEPT = '.ndjson,.jsonl,.json,.gz,application/x-ndjson,application/gzip';

export default function CatalogImport() {
  const translate = useTranslate();
  const t = (key: string, options: object = {}) => translate(`pages.catalog-import.${key}`, options);
  const [file, setFile] = useState<File>();
  const [sent, setSent] = useState(0);
  const [report, setReport] = useState<ImportReport>();
  const run = useAction(
    (chosen: File) =>
      answer(
        catalogImport({
          body: chosen,
          fetch: fetchWithProgress((bytes, total) => setSent(total === 0 ? 1 : bytes / total)),
        }),
      ),
    { done: 'pages.catalog-import.done', onSuccess: setReport },
  );
  const start = (chosen: File) => {
    setFile(chosen);
    setSent(0);
    setReport(undefined);
    run.mutate(chosen);
  };
  return (
    <Stack spacing={2} sx={{ mt: 2 }}>
      <Title title={t('title')} />
      <CardSection title={t('file')}>
        <Typography sx={{ mb: 2, maxWidth: '75ch' }}>{t('help')}</Typography>
        <FileButton
          accept={ACCEPT}
          variant="contained"
          startIcon={<Upload />}
          disabled={run.isPending}
          onFile={start}
        >
          {t('choose')}
        </FileButton>
        {file && (
          <Typography sx={{ mt: 2, overflowWrap: 'anywhere' }} color="textSecondary">
            {file.name}
          </Typography>
        )}
        {run.isPending && <Progress sent={sent} />}
      </CardSection>
      {report && <ImportResult report={report} />}
    </Stack>
  );
}

/** How much is sent; then the service reads the file, and says nothing until it has finished. */
function Progress({ sent }: { sent: number }) {
  const translate = useTranslate();
  const isSent = sent >= 1;
  const text = translate(`pages.catalog-import.${isSent ? 'reading' : 'sending'}`);
  return (
    <Box sx={{ mt: 2, maxWidth: 480 }}>
      <LinearProgress
        aria-label={text}
        {...(isSent ? {} : { variant: 'determinate' as const, value: sent * 100 })}
      />
      <Alert severity="info" icon={false} role="status" sx={{ mt: 1 }}>
        {text}
      </Alert>
    </Box>
  );
}
