import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { Loading, Show, useLocale, useRecordContext, useTranslate } from 'react-admin';
import type { SeriesDetail } from '../api/client';
import { CardSection } from '../common/card-section';
import { Chips } from '../common/chips';
import { Facts } from '../common/facts';
import { ShowProblem } from '../common/load-problem';
import { SeriesVolumes } from './series-volumes';

export default function SeriesShow() {
  return (
    <Show actions={false} component="div" error={<ShowProblem />} loading={<Loading />}>
      <Sections />
    </Show>
  );
}

function Sections() {
  const series = useRecordContext<SeriesDetail>();
  if (series === undefined) return null;
  return (
    <Stack spacing={2}>
      <About series={series} />
      <SeriesVolumes key={series.id} id={series.id} />
    </Stack>
  );
}

function About({ series }: { series: SeriesDetail }) {
  const translate = useTranslate();
  const format = new Intl.NumberFormat(useLocale());
  const t = (key: string, options: object = {}) => translate(`resources.series.${key}`, options);
  const links = Object.entries(series.links).filter(([, id]) => id !== null);
  const age = series.nsfw18 === 1 ? t('marks.nsfw18') : series.nsfw === 1 ? t('marks.nsfw') : null;
  const rating =
    series.average_rating === null
      ? null
      : t('rated', { average: format.format(series.average_rating), smart_count: series.rating_count });
  return (
    <CardSection title={t('sections.about')}>
      {series.description !== null && (
        <Typography variant="body2" sx={{ mb: 2, whiteSpace: 'pre-line', maxWidth: '75ch' }}>
          {series.description}
        </Typography>
      )}
      <Facts
        facts={[
          [t('fields.type'), t(`types.${series.type}`)],
          [t('fields.origin'), series.origin],
          [t('fields.public'), t(`visibility.${series.public}`)],
          [t('fields.age'), age],
          [t('fields.client'), series.client],
          [t('fields.aliases'), [...new Set(series.aliases)].join(' · ')],
          [t('fields.authors'), series.authors.join(' · ')],
          [t('fields.tags'), series.tags.length === 0 ? null : <Chips labels={series.tags} />],
          [t('fields.average_rating'), rating],
          [t('fields.links'), links.map(([site, id]) => `${site} ${id}`).join(' · ')],
          [t('fields.slug'), series.slug],
        ]}
      />
    </CardSection>
  );
}
