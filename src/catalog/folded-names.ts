import { expressionBuilder, sql } from 'kysely';
import type { TablesOf } from '../database/statement.js';
import type { SeriesSchema, SeriesTitleSchema, VolumeSchema } from './catalog.entity.js';

type Tables = TablesOf<typeof SeriesSchema | typeof SeriesTitleSchema | typeof VolumeSchema>;

const series = expressionBuilder<Tables & { r: Tables['series'] }, 'r'>();
const volume = expressionBuilder<{ r: Tables['volumes'] }, 'r'>();

const titles = series
  .selectFrom('series_titles as t')
  .select('t.title')
  .whereRef('t.series_id', '=', 'r.id')
  .orderBy('t.position');

// Kysely has no form for arrays.
/** The names by which searches find a series (`r`). */
export const SERIES_NAMES = sql<string[]>`array[${series.ref('r.name')}] || array(${titles})`;
/** The name by which searches find a volume (`r`). */
export const VOLUME_NAMES = sql<string[]>`array[${volume.ref('r.name')}]`;
