import { DataTable, Pagination, useLocale, useTranslate } from 'react-admin';
import type { ImportReport, RefusedLine } from '../api/client';
import { CardSection } from '../common/card-section';
import { Facts } from '../common/facts';
import { LocalRows } from '../common/local-rows';

export function ImportResult({ report }: { report: ImportReport }) {
  const translate = useTranslate();
  const t = (key: string) => translate(`pages.catalog-import.${key}`);
  const format = new Intl.NumberFormat(useLocale());
  const { refused, warnings = [] } = report;
  return (
    <>
      <CardSection title={t('result')}>
        <Facts
          facts={[
            [t('counts.series'), format.format(report.series)],
            [t('counts.volumes'), format.format(report.volumes)],
            [t('counts.unchanged'), format.format(report.unchanged)],
            [t('counts.refused'), format.format(refused.length)],
            [t('counts.warnings'), format.format(warnings.length)],
          ]}
        />
      </CardSection>
      {refused.length > 0 && <Lines title={t('refused')} lines={refused} />}
      {warnings.length > 0 && <Lines title={t('warnings')} lines={warnings} />}
    </>
  );
}

function Lines({ title, lines }: { title: string; lines: readonly RefusedLine[] }) {
  // One line can have several warnings.
  const rows = lines.map((line, id) => ({ ...line, id }));
  return (
    <CardSection title={title}>
      <LocalRows name="lines" rows={rows} perPage={20}>
        <DataTable bulkActionButtons={false} rowClick={false} size="small">
          <DataTable.NumberCol source="line" label="pages.catalog-import.line" disableSort />
          <DataTable.Col
            source="reason"
            label="pages.catalog-import.reason"
            disableSort
            sx={{ overflowWrap: 'anywhere' }}
          />
        </DataTable>
        {rows.length > 20 && <Pagination rowsPerPageOptions={[20, 100]} />}
      </LocalRows>
    </CardSection>
  );
}
