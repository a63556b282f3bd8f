import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Sql } from '../database/sql.js';
import { type RowOf, statement, tables } from '../database/statement.js';
import { searchParameters, searchVariant } from '../search/conditions.js';
import { type SearchForm, searchTerm, searchWithFallback } from '../search/fold.js';
import type { SeriesSchema, SeriesType } from './catalog.entity.js';
import type { SeriesCardSchema } from './read-model.entity.js';
import { relevanceParameters, SERIES_PAGE, type SeriesOrder } from './series-page.js';
import { isTranslated, selectSeries, type SeriesRow } from './series-projection.js';
import { histogram } from './series-ratings.js';

/** Filters, order and range of a page. */
export interface SeriesSelection {
  readonly search: string | undefined;
  readonly type: SeriesType | undefined;
  readonly client: number | undefined;
  readonly order: SeriesOrder;
  readonly language: string;
  readonly limit: number;
  readonly offset: number;
}

export interface SeriesPageRows {
  readonly total: number;
  /** False if the client of the selection is unknown or disabled. */
  readonly clientKnown: boolean;
  readonly rows: SeriesRow[];
}

const db = tables<typeof SeriesSchema | typeof SeriesCardSchema>();

const FIND = statement('catalog.series', ({ language, id }: { language: string; id: number }) =>
  selectSeries(db.selectFrom('series_cards as c'), { language, isTranslated: true })
    .select(histogram('rt').as('histogram'))
    .where('c.series_id', '=', id),
);

/** A series with the histogram of its ratings. */
export type SeriesDetailRow = RowOf<typeof FIND>;

const ANY = statement('catalog.any', () => db.selectFrom('series').select('id').limit(sql.lit(1)));

@Injectable()
export class SeriesRepository {
  constructor(private readonly sql: Sql) {}

  async hasAny(): Promise<boolean> {
    return (await this.sql.row(ANY, {})) !== undefined;
  }

  async find(id: number, language: string): Promise<SeriesDetailRow | undefined> {
    return this.sql.row(FIND, { id, language });
  }

  /** A page of public series and its total: one statement, and a second one if a search finds no row. */
  async page(selection: SeriesSelection): Promise<SeriesPageRows> {
    return searchWithFallback(searchTerm(selection.search), (form) => this.pageOf(selection, form));
  }

  private async pageOf(
    { order, type, client, language, limit, offset }: SeriesSelection,
    form: SearchForm | null,
  ): Promise<SeriesPageRows> {
    const page = SERIES_PAGE.of({
      order,
      search: form && searchVariant(form),
      filtersByType: type !== undefined,
      filtersByClient: client !== undefined,
      isTranslated: isTranslated(language),
    });
    const { header, rows } = await this.sql.page(page, {
      language,
      // The values for absent filters are unused: the variant's statement does not have these parameters.
      type: type ?? 'Other',
      client: client ?? 0,
      limit,
      offset,
      ...searchParameters(form),
      ...relevanceParameters(form),
    });
    return { total: header?.total ?? 0, clientKnown: header?.client_known ?? false, rows };
  }
}
