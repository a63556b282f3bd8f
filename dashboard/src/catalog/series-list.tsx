import Chip from '@mui/material/Chip';
import { DataTable, NumberField, SearchInput, SelectInput, SimpleList, useTranslate } from 'react-admin';
import type { AdminSeries, SeriesType } from '../api/client';
import { Empty } from '../common/empty';
import { PageList, useIsNarrow } from '../common/page-list';
import { RecordLink } from '../common/record-link';

const TYPES: readonly SeriesType[] = ['Manga', 'Manhwa', 'Manhua', 'Novel', 'Comic', 'Other'];

export default function SeriesList() {
  const isNarrow = useIsNarrow();
  return (
    <PageList filters={useFilters()} sort={{ field: 'relevance', order: 'ASC' }}>
      {isNarrow ? (
        <SimpleList<AdminSeries>
          primaryText={(series) => series.name}
          secondaryText={(series) => `${series.type}, ${series.external_id}`}
          tertiaryText={(series) => <Marks series={series} />}
          rowClick="show"
          empty={<Empty />}
        />
      ) : (
        <DataTable<AdminSeries> rowClick="show" bulkActionButtons={false} empty={<Empty />}>
          <DataTable.Col
            source="name"
            render={({ id, name }: AdminSeries) => (
              <RecordLink resource="series" id={id} type="show">
                {name}
              </RecordLink>
            )}
          />
          <DataTable.Col source="type" disableSort />
          <DataTable.Col source="origin" disableSort />
          <DataTable.Col source="external_id" disableSort />
          <DataTable.NumberCol source="average_rating">
            <NumberField source="average_rating" emptyText="–" />
          </DataTable.NumberCol>
          <DataTable.Col
            source="marks"
            disableSort
            render={(series: AdminSeries) => <Marks series={series} />}
          />
        </DataTable>
      )}
    </PageList>
  );
}

/** What readers should know of a series, or do not see at all. */
function Marks({ series }: { series: AdminSeries }) {
  const translate = useTranslate();
  const marks = [
    ...(series.public === 0 ? ['hidden'] : []),
    ...(series.nsfw18 === 1 ? ['nsfw18'] : series.nsfw === 1 ? ['nsfw'] : []),
  ];
  return marks.map((mark) => (
    <Chip
      key={mark}
      component="span"
      size="small"
      variant="outlined"
      label={translate(`resources.series.marks.${mark}`)}
      sx={{ mr: 0.5 }}
    />
  ));
}

function useFilters() {
  const translate = useTranslate();
  const label = translate('resources.series.fields.search');
  return [
    <SearchInput
      key="search"
      source="search"
      alwaysOn
      sx={{ minWidth: { sm: 340 } }}
      placeholder={label}
      slotProps={{ htmlInput: { 'aria-label': label, maxLength: 200 } }}
    />,
    <SelectInput
      key="type"
      source="type"
      alwaysOn
      choices={TYPES.map((id) => ({ id, name: `resources.series.types.${id}` }))}
    />,
    <SelectInput
      key="public"
      source="public"
      alwaysOn
      choices={[1, 0].map((id) => ({ id, name: `resources.series.visibility.${id}` }))}
    />,
  ];
}
