import Box from '@mui/material/Box';
import { useTheme } from '@mui/material/styles';
import { BarController, BarElement, CategoryScale, Chart, LinearScale, Tooltip } from 'chart.js';
import { useEffect, useRef } from 'react';
import { useLocale, useTranslate } from 'react-admin';
import type { Day } from '../api/client';
import type { Metric } from './metrics';

// The parts of the library that bar charts need: the others are not loaded.
Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);

/** What was added on each of the last 30 days. Screen readers hear the sum; the table below has all numbers. */
export default function DaysChart(props: { metric: Metric; days: readonly Day[]; height: number }) {
  const { metric, days, height } = props;
  const translate = useTranslate();
  const locale = useLocale();
  const { palette, typography } = useTheme();
  const canvas = useRef<HTMLCanvasElement>(null);
  const name = translate(`pages.overview.totals.${metric}`);
  const sum = days.reduce((total, day) => total + day[metric], 0);

  useEffect(() => {
    if (canvas.current === null) return undefined;
    const formatDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
    const axis = { border: { display: false }, ticks: { color: palette.text.secondary } };
    const chart = new Chart(canvas.current, {
      type: 'bar',
      data: {
        labels: days.map(({ date }) => formatDay.format(new Date(date))),
        datasets: [
          {
            label: name,
            data: days.map((day) => day[metric]),
            backgroundColor: palette.primary.main,
            borderRadius: 3,
          },
        ],
      },
      options: {
        locale,
        animation: false,
        maintainAspectRatio: false,
        font: { family: typography.fontFamily ?? 'sans-serif' },
        // A day without a bar shows its number, too.
        interaction: { mode: 'index', intersect: false },
        scales: {
          x: {
            ...axis,
            grid: { display: false },
            ticks: { ...axis.ticks, maxRotation: 0, autoSkipPadding: 24 },
          },
          y: {
            ...axis,
            grid: { color: palette.divider },
            ticks: { ...axis.ticks, precision: 0, maxTicksLimit: 6 },
            beginAtZero: true,
            suggestedMax: 4,
          },
        },
        plugins: { tooltip: { displayColors: false } },
      },
    });
    return () => chart.destroy();
  }, [days, locale, metric, name, palette, typography]);

  return (
    <Box
      role="img"
      aria-label={translate('pages.overview.sum', { smart_count: sum })}
      sx={{ position: 'relative', height, minWidth: 0 }}
    >
      <canvas ref={canvas} />
    </Box>
  );
}
