import { Injectable } from '@nestjs/common';
import { isTranslated } from '../catalog/series-projection.js';
import { Sql } from '../database/sql.js';
import type { RowOf } from '../database/statement.js';
import type { PageRow } from '../database/page.js';
import { searchParameters } from '../search/conditions.js';
import { type SearchForm, searchTerm, searchWithFallback } from '../search/fold.js';
import type { ShelfOrder } from './shelf.dto.js';
import { SHELF_PAGE } from './shelf-page.js';

/** Filters, order and range of a page. */
interface ShelfSelection {
  readonly userId: string;
  readonly client: number;
  readonly search: string | undefined;
  readonly order: ShelfOrder;
  readonly language: string;
  readonly isCard: boolean;
  readonly limit: number;
  readonly offset: number;
}

type RowsOf<Page> = Page extends PageRow<unknown, infer Row> ? Row : never;
export type ShelfRow = RowsOf<RowOf<ReturnType<typeof SHELF_PAGE.of>>>;

/** `clientKnown` is false when the client is unknown or disabled. */
export interface ShelfPage {
  readonly total: number;
  readonly clientKnown: boolean;
  readonly rows: ShelfRow[];
}

@Injectable()
export class ShelfRepository {
  constructor(private readonly sql: Sql) {}

  /**
   * A page of the series of a reader's items and its total: one statement, and a second one if a search finds no row.
   */
  async page(selection: ShelfSelection): Promise<ShelfPage> {
    return searchWithFallback(searchTerm(selection.search), (form) => this.pageOf(selection, form));
  }

  private async pageOf(
    { search: _search, order, isCard, ...parameters }: ShelfSelection,
    form: SearchForm | null,
  ): Promise<ShelfPage> {
    const page = SHELF_PAGE.of({
      order,
      searchColumn: form?.column ?? null,
      isTranslated: isTranslated(parameters.language),
      isCard,
    });
    const { header, rows } = await this.sql.page(page, { ...parameters, ...searchParameters(form) });
    return { total: header?.total ?? 0, clientKnown: header?.client_known ?? false, rows };
  }
}
