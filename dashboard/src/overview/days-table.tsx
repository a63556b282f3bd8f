import ExpandMore from '@mui/icons-material/ExpandMore';
import Accordion from '@mui/material/Accordion';
import AccordionDetails from '@mui/material/AccordionDetails';
import AccordionSummary from '@mui/material/AccordionSummary';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableContainer from '@mui/material/TableContainer';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import { useLocale, useTranslate } from 'react-admin';
import type { Day } from '../api/client';
import { METRICS } from './metrics';

/** The numbers of the charts, newest first. */
export function DaysTable({ days }: { days: readonly Day[] }) {
  const translate = useTranslate();
  return (
    <Accordion variant="outlined" slotProps={{ transition: { unmountOnExit: true } }}>
      <AccordionSummary expandIcon={<ExpandMore />}>{translate('pages.overview.as_table')}</AccordionSummary>
      <AccordionDetails>
        <Rows days={days} />
      </AccordionDetails>
    </Accordion>
  );
}

function Rows({ days }: { days: readonly Day[] }) {
  const translate = useTranslate();
  const locale = useLocale();
  const formatDay = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  const formatNumber = new Intl.NumberFormat(locale);
  return (
    <TableContainer role="region" tabIndex={0} aria-label={translate('pages.overview.as_table')}>
      <Table size="small">
        <TableHead>
          <TableRow>
            <TableCell>{translate('pages.overview.date')}</TableCell>
            {METRICS.map((metric) => (
              <TableCell key={metric} align="right">
                {translate(`pages.overview.totals.${metric}`)}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {days.toReversed().map((day) => (
            <TableRow key={day.date} hover>
              <TableCell component="th" scope="row" sx={{ whiteSpace: 'nowrap' }}>
                {formatDay.format(new Date(day.date))}
              </TableCell>
              {METRICS.map((metric) => (
                <TableCell key={metric} align="right">
                  {formatNumber.format(day[metric])}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
