import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useInfiniteQuery } from '@tanstack/react-query';
import { DataTable, Loading, useTranslate } from 'react-admin';
import { seriesVolumesList, type Volume } from '../api/client';
import { answer } from '../api/problem';
import { CardSection } from '../common/card-section';
import { LocalRows } from '../common/local-rows';
import { ProblemNotice } from '../common/problem-notice';

const LIMIT = 50;

/** The volumes of a series in their order, page after page. */
export function SeriesVolumes({ id }: { id: number }) {
  const translate = useTranslate();
  const title = translate('resources.series.sections.volumes');
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['series', id, 'volumes'],
    queryFn: ({ pageParam: offset }) =>
      answer(seriesVolumesList({ path: { id }, query: { limit: LIMIT, offset } })),
    initialPageParam: 0,
    getNextPageParam: ({ to, total }) => (to > 0 && to < total ? to : undefined),
  });
  const volumes = data?.pages.flatMap((page) => page.volumes);
  const total = data?.pages[0]?.total;
  return (
    <CardSection title={total === undefined ? title : `${title} (${total})`}>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {volumes === undefined ? error === null && <Loading /> : <Volumes volumes={volumes} label={title} />}
      {hasNextPage && (
        <Button sx={{ mt: 2 }} loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {translate('resources.series.more_volumes')}
        </Button>
      )}
    </CardSection>
  );
}

function Volumes({ volumes, label }: { volumes: Volume[]; label: string }) {
  const translate = useTranslate();
  const field = (name: string) => `resources.series.volumes.${name}`;
  if (volumes.length === 0)
    return <Typography color="textSecondary">{translate('resources.series.no_volumes')}</Typography>;
  return (
    <LocalRows name="volumes" rows={volumes}>
      <Box role="region" aria-label={label} tabIndex={0} sx={{ overflowX: 'auto' }}>
        <DataTable<Volume> bulkActionButtons={false} rowClick={false} size="small">
          <DataTable.NumberCol source="group_order" label={field('group_order')} disableSort />
          <DataTable.Col source="name" label={field('name')} disableSort />
          <DataTable.Col source="language" label={field('language')} disableSort />
          <DataTable.Col source="publisher" label={field('publisher')} disableSort />
          <DataTable.Col source="release_date" label={field('release_date')} disableSort />
          <DataTable.Col source="isbn13" label={field('isbn13')} disableSort />
        </DataTable>
      </Box>
    </LocalRows>
  );
}
