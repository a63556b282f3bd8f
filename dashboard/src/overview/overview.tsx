import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Loading, Title, useTranslate } from 'react-admin';
import { type Statistics, statisticsGet } from '../api/client';
import { answer } from '../api/problem';
import { CardSection } from '../common/card-section';
import { ProblemNotice } from '../common/problem-notice';
import { DaysTable } from './days-table';
import { METRICS } from './metrics';
import { Totals } from './totals';

// The totals need not wait for the library of charts.
const DaysChart = lazy(() => import('./days-chart'));
const CHART_HEIGHT = 180;

export default function Overview() {
  const translate = useTranslate();
  const { data, error, refetch } = useQuery({
    queryKey: ['statistics'],
    queryFn: () => answer(statisticsGet()),
  });
  return (
    <Box sx={{ mt: 2 }}>
      <Title title={translate('pages.overview.title')} />
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {data === undefined ? error === null && <Loading /> : <Content statistics={data} />}
    </Box>
  );
}

function Content({ statistics: { totals, days } }: { statistics: Statistics }) {
  const translate = useTranslate();
  return (
    <>
      <Totals totals={totals} />
      <Box
        sx={{
          display: 'grid',
          gap: 2,
          mb: 2,
          gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 300px), 1fr))',
        }}
      >
        {METRICS.map((metric) => (
          <CardSection key={metric} title={translate(`pages.overview.added.${metric}`)}>
            <Suspense fallback={<Skeleton variant="rectangular" height={CHART_HEIGHT} />}>
              <DaysChart metric={metric} days={days} height={CHART_HEIGHT} />
            </Suspense>
          </CardSection>
        ))}
      </Box>
      <DaysTable days={days} />
    </>
  );
}
