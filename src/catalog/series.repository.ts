import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Sql } from '../database/sql.js';
import { type RowOf, statement, statementFamily, tables } from '../database/statement.js';
import { searchParameters, searchVariant } from '../search/conditions.js';
import { type SearchForm, searchTerm, searchWithFallback } from '../search/fold.js';
import type { Publication, SeriesSchema, SeriesType } from './catalog.entity.js';
import { MAX_LEVEL, type NsfwFilter } from './nsfw.js';
import { type OwnColumns, ownColumns } from './own-entry.js';
import type { SeriesCardSchema } from './read-model.entity.js';
import {
  type FilterParameters,
  relevanceParameters,
  SERIES_BY_IDS,
  SERIES_PAGE,
  type SeriesOrder,
  type SeriesPageRow,
  type SeriesVariant,
  type Visibility,
} from './series-page.js';
import { isTranslated, selectSeries } from './series-projection.js';
import { histogram } from './series-ratings.js';

/** The filters of a list; undefined or absent for none. */
export interface SeriesFilters {
  readonly types?: readonly SeriesType[] | undefined;
  readonly client?: number | undefined;
  readonly nsfw?: NsfwFilter | undefined;
  readonly origin?: string | undefined;
  readonly publication?: Publication | undefined;
  readonly yearFrom?: number | undefined;
  readonly yearTo?: number | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Code of a language. */
  readonly volumeLanguage?: string | undefined;
  /** Only with a viewer. */
  readonly inList?: boolean | undefined;
}

/** What is shown of each series, and to whom. */
export interface Shown {
  readonly language: string;
  readonly isCard: boolean;
  /** The signed-in reader; null for a request without a credential. */
  readonly viewerId: string | null;
  /** Whether the viewer's entries and ratings are shown. */
  readonly isOwn: boolean;
  /** Whether the rows have `external_id`. */
  readonly hasExternalId: boolean;
}

/** Filters, order and range of a page. */
export interface SeriesSelection extends Shown {
  readonly visibility: Visibility;
  readonly search: string | undefined;
  readonly filters: SeriesFilters;
  readonly order: SeriesOrder;
  readonly limit: number;
  readonly offset: number;
}

export interface SeriesPageRows {
  readonly total: number;
  /** False if the client of the selection is unknown or disabled. */
  readonly clientKnown: boolean;
  readonly rows: SeriesPageRow[];
}

const db = tables<typeof SeriesSchema | typeof SeriesCardSchema>();

interface FindParameters {
  readonly language: string;
  readonly userId: string;
  readonly id: number;
  readonly slug: string;
}

/** A series by its id or slug. Of several with one slug, the first one that lists show. */
const FIND = statementFamily(
  'catalog.series',
  ({ by, isOwn }: { readonly by: 'id' | 'slug'; readonly isOwn: boolean }, p: FindParameters) => {
    const bySlug = db
      .selectFrom('series as s')
      .select('s.id')
      .where('s.slug', '=', p.slug)
      .orderBy('s.public', 'desc')
      .orderBy('s.id')
      .limit(sql.lit(1));
    const card = db
      .selectFrom('series_cards as c')
      .where('c.series_id', '=', by === 'id' ? p.id : sql<number>`(${bySlug})`);
    return selectSeries(card, { language: p.language, isTranslated: true })
      .select(histogram('rt').as('histogram'))
      .$if(isOwn, (query) => query.select(ownColumns(p.userId)));
  },
);

/** A series with the histogram of its ratings, and with the viewer's entry and rating. */
export type SeriesDetailRow = RowOf<ReturnType<typeof FIND.of>> & Partial<OwnColumns>;

const ANY = statement('catalog.any', () => db.selectFrom('series').select('id').limit(sql.lit(1)));

@Injectable()
export class SeriesRepository {
  constructor(private readonly sql: Sql) {}

  async hasAny(): Promise<boolean> {
    return (await this.sql.row(ANY, {})) !== undefined;
  }

  async find(
    key: { readonly id: number } | { readonly slug: string },
    { language, viewerId }: Pick<Shown, 'language' | 'viewerId'>,
  ): Promise<SeriesDetailRow | undefined> {
    const by = 'id' in key ? 'id' : 'slug';
    return this.sql.row(FIND.of({ by, isOwn: viewerId !== null }), {
      id: 0,
      slug: '',
      ...key,
      language,
      userId: viewerId ?? '',
    });
  }

  /** A page of series and its total: one statement, and a second one if a search finds no row. */
  async page(selection: SeriesSelection): Promise<SeriesPageRows> {
    return searchWithFallback(searchTerm(selection.search), (form) => this.pageOf(selection, form));
  }

  /** The series of these ids that exist and that the filters let through, in the order of the ids. */
  async byIds(
    ids: readonly number[],
    { filters, visibility, ...shown }: Pick<SeriesSelection, 'filters' | 'visibility'> & Shown,
  ): Promise<SeriesPageRows> {
    const { language, viewerId } = shown;
    const isFiltered = Object.values(filters).some((value) => value !== undefined);
    const { header, rows } = await this.sql.page(
      SERIES_BY_IDS.of({ isFiltered, visibility, ...rowVariant(shown) }),
      {
        ids: [...new Set(ids)],
        language,
        ...filterParameters(filters, viewerId),
      },
    );
    return { total: rows.length, clientKnown: header?.client_known ?? false, rows };
  }

  private async pageOf(
    { visibility, order, filters, limit, offset, ...shown }: SeriesSelection,
    form: SearchForm | null,
  ): Promise<SeriesPageRows> {
    const search = form && searchVariant(form);
    const page = SERIES_PAGE.of({
      visibility,
      order,
      search,
      filters: filterVariant(filters, search !== null),
      ...rowVariant(shown),
    });
    const { header, rows } = await this.sql.page(page, {
      language: shown.language,
      ...filterParameters(filters, shown.viewerId),
      limit,
      offset,
      ...searchParameters(form),
      ...relevanceParameters(form),
    });
    return { total: header?.total ?? 0, clientKnown: header?.client_known ?? false, rows };
  }
}

function rowVariant({ language, isCard, isOwn, hasExternalId }: Shown) {
  return { isTranslated: isTranslated(language), isCard, isOwn, hasExternalId };
}

/** How a statement filters. A search finds its series by its own index. */
function filterVariant(filters: SeriesFilters, isSearch: boolean): SeriesVariant['filters'] {
  const { types, client, nsfw, ...others } = filters;
  const isCounted = Object.values(others).every((value) => value === undefined);
  const counted = {
    type:
      types === undefined ? ('none' as const) : types.length === 1 ? ('one' as const) : ('several' as const),
    client: client !== undefined,
    age: nsfw !== undefined && nsfw !== 'show-18',
  };
  const isFree = counted.type === 'none' && !counted.client && !counted.age;
  if (isCounted && (!isSearch || isFree)) return { kind: 'counted', ...counted };
  return { kind: 'any', by: isSearch ? null : indexedFilter(others) };
}

function indexedFilter({ tags, inList, origin, volumeLanguage }: SeriesFilters) {
  if (tags !== undefined) return 'tags';
  if (inList === true) return 'list';
  if (origin !== undefined) return 'origin';
  return volumeLanguage === undefined ? null : 'language';
}

/** The values of the filters. The value of an absent one holds for every series. */
function filterParameters(
  { types, client, nsfw = 'show-18', ...others }: SeriesFilters,
  viewerId: string | null,
): FilterParameters & { readonly type: SeriesType } {
  return {
    types: types ?? null,
    type: types?.[0] ?? 'Other',
    client: client ?? null,
    level: MAX_LEVEL[nsfw],
    origin: others.origin ?? null,
    publication: others.publication ?? null,
    yearFrom: others.yearFrom ?? null,
    yearTo: others.yearTo ?? null,
    tags: others.tags ?? null,
    volumeLanguage: others.volumeLanguage ?? null,
    inList: others.inList ?? null,
    userId: viewerId ?? '',
  };
}
