import { expressionBuilder, sql } from 'kysely';
import type { TablesOf } from '../database/statement.js';
import type { SeriesSchema, SeriesTitleSchema, VolumeSchema } from './catalog.entity.js';

type Tables = TablesOf<typeof SeriesSchema | typeof SeriesTitleSchema | typeof VolumeSchema>;

const eb = expressionBuilder<Tables, never>();

const seriesName = eb.selectFrom('series').select('name').where('id', '=', sql.ref<number>('r.series_id'));
const titles = eb
  .selectFrom('series_titles as t')
  .select('t.title')
  .where('t.series_id', '=', sql.ref<number>('r.series_id'))
  .orderBy('t.position');
const volumeName = eb.selectFrom('volumes').select('name').where('id', '=', sql.ref<number>('r.volume_id'));

// Kysely has no form for arrays.
/** The names by which searches find a series (`r`, of `series_search`). */
export const SERIES_NAMES = sql<string[]>`array(${seriesName}) || array(${titles})`;
/** The name by which searches find a volume (`r`, of `volume_search`). */
export const VOLUME_NAMES = sql<string[]>`array(${volumeName})`;
