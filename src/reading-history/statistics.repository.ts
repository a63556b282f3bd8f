import { Injectable } from '@nestjs/common';
import { Sql } from '../database/sql.js';
import type { RowOf } from '../database/statement.js';
import { GENERAL, PUBLIC_STATISTICS, STATISTICS, STATISTICS_VERSION } from './statistics-statements.js';

/** The entries and the period of statistics. */
export interface StatisticsSelection {
  readonly userId: string;
  readonly client: number | undefined;
  /** Dates `YYYY-MM-DD`, both inclusive. */
  readonly from: string;
  readonly to: string;
}

type GeneralRow = RowOf<typeof GENERAL>;
type StatisticsRow = RowOf<ReturnType<typeof STATISTICS.of>>;
type PublicStatisticsRow = RowOf<ReturnType<typeof PUBLIC_STATISTICS.of>>;

/** The state that statistics depend on. */
interface StatisticsVersion {
  readonly number: number;
  readonly catalog: number;
  /** False if the client of the selection is unknown or disabled. */
  readonly clientKnown: boolean;
}

@Injectable()
export class StatisticsRepository {
  constructor(private readonly sql: Sql) {}

  /** One row by its key: the cost of an answer that has not changed. */
  async version(userId: string, client: number | undefined): Promise<StatisticsVersion> {
    const found = await this.sql.row(STATISTICS_VERSION, { userId, client: client ?? null });
    const { number, catalog, client_known: clientKnown } = found ?? one('version');
    return { number, catalog, clientKnown };
  }

  async general(userId: string): Promise<GeneralRow> {
    return (await this.sql.row(GENERAL, { userId })) ?? one('general');
  }

  async statistics(selection: StatisticsSelection): Promise<StatisticsRow> {
    const statement = STATISTICS.of({ filtersByClient: selection.client !== undefined });
    return (await this.sql.row(statement, parameters(selection))) ?? one('statistics');
  }

  /** Of public entries alone. */
  async publicStatistics(selection: StatisticsSelection): Promise<PublicStatisticsRow> {
    const statement = PUBLIC_STATISTICS.of({ filtersByClient: selection.client !== undefined });
    return (await this.sql.row(statement, parameters(selection))) ?? one('statistics');
  }
}

function parameters({ client = 0, ...selection }: StatisticsSelection) {
  return { ...selection, client };
}

function one(what: string): never {
  throw new Error(`The statement of the ${what} returned no row`);
}
