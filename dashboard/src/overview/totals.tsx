import Box from '@mui/material/Box';
import Card from '@mui/material/Card';
import CardContent from '@mui/material/CardContent';
import Typography from '@mui/material/Typography';
import { useLocale, useTranslate } from 'react-admin';
import type { Totals as Counters } from '../api/client';
import { METRICS } from './metrics';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

export function Totals({ totals }: { totals: Counters }) {
  const translate = useTranslate();
  const locale = useLocale();
  const format = new Intl.NumberFormat(locale);
  const values = [
    ...METRICS.map((name) => [name, format.format(totals[name])] as const),
    ['storage_bytes', formatBytes(totals.storage_bytes, locale)] as const,
  ];
  return (
    <Box
      component="ul"
      aria-label={translate('pages.overview.totals.title')}
      sx={{
        display: 'grid',
        gap: 2,
        m: 0,
        mb: 2,
        p: 0,
        listStyle: 'none',
        gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 140px), 1fr))',
      }}
    >
      {values.map(([name, value]) => (
        <Card key={name} component="li">
          <CardContent
            component="div"
            sx={{ display: 'flex', flexDirection: 'column-reverse', pb: '16px !important' }}
          >
            <Typography variant="body2" color="textSecondary">
              {translate(`pages.overview.totals.${name}`)}
            </Typography>
            <Typography sx={{ fontSize: '1.6rem', fontWeight: 600, lineHeight: 1.3 }}>{value}</Typography>
          </CardContent>
        </Card>
      ))}
    </Box>
  );
}

function formatBytes(bytes: number, locale: string): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: UNITS[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  }).format(bytes / 1_000 ** power);
}
