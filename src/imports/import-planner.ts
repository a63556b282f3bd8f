import { Injectable } from '@nestjs/common';
import type { ImportData } from './import-statements.js';
import type { MatchedRowData } from './row-statements.js';
import { type PlanOptions, type ReaderList, type SeriesPlan, SeriesPlanner } from './planning/plan-rows.js';
import { ImportRowRepository } from './import-row.repository.js';
import { ReaderLists } from './reader-lists.js';

/** Number of rows that are planned together in a preview. */
const BATCH = 500;

/** What the rows about one series change, and what the reader has before. */
export interface PlannedSeries {
  readonly seriesId: number;
  readonly plan: SeriesPlan;
  readonly list: ReaderList;
}

/** Computes what rows change, from what the reader has now. */
@Injectable()
export class ImportPlanner {
  constructor(
    private readonly rows: ImportRowRepository,
    private readonly lists: ReaderLists,
  ) {}

  /** What the rows of complete series change, series by series. */
  async plan(data: ImportData, rows: readonly MatchedRowData[]): Promise<PlannedSeries[]> {
    const list = await this.lists.load(data.user_id, rows);
    const options = optionsOf(data);
    const bySeries = Map.groupBy(rows, (row) => row.series_id ?? 0);
    return [...bySeries].map(([seriesId, group]) => {
      const sorted = group.toSorted((one, other) => one.number - other.number);
      return { seriesId, list, plan: new SeriesPlanner(seriesId, list, options).plan(sorted) };
    });
  }

  /** Computes the preview of all rows, or of those about some series. Repeated calls have the same result. */
  async preview(data: ImportData, seriesIds: readonly number[] | null = null): Promise<void> {
    const key = { userId: data.user_id, id: data.id };
    if (seriesIds !== null) return this.store(data, await this.rows.ofSeries(key, seriesIds));
    for (let after = -1; ;) {
      const rows = await this.rows.nextSeries(key, after, BATCH);
      await this.store(data, rows);
      if (rows.length < BATCH) return;
      after = rows.at(-1)?.series_id ?? 0;
    }
  }

  private async store(data: ImportData, rows: readonly MatchedRowData[]): Promise<void> {
    const plans = await this.plan(data, rows);
    await this.rows.setPlans(
      { userId: data.user_id, id: data.id },
      plans.flatMap(({ plan }) => plan.rows),
    );
  }
}

function optionsOf(data: ImportData): PlanOptions {
  return {
    format: data.format,
    scale: data.scale ?? 10,
    keepExtras: data.keep_extras,
    strategy: data.strategy,
    visibility: data.visibility,
    clientId: data.client_id,
  };
}
