import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Replicas } from '../database/replicas.js';
import { unknownClient } from '../clients/clients.errors.js';
import { compact, fold, searchTexts } from '../search/fold.js';
import { SearchFolding } from '../search/search-folding.js';
import type { AdminSeriesQuery } from './admin-series.dto.js';
import type { SeriesQuery } from './series-query.dto.js';
import type { IsbnQuery, VolumePageQuery } from './volume.dto.js';
import { seriesNotFound, volumeNotFound } from './catalog.errors.js';
import { isbn13Of } from './isbn.js';
import { languageFilter, readingLanguage } from './languages.js';
import { SERIES_NAMES, VOLUME_NAMES } from './folded-names.js';
import {
  type SeriesDetailRow,
  type SeriesFilters,
  type SeriesPageRows,
  SeriesRepository,
  type SeriesSelection,
} from './series.repository.js';
import type { VolumeRow } from './volume-projection.js';
import { VolumeRepository } from './volume.repository.js';

/** The catalog of series and volumes. */
@Injectable()
export class CatalogService implements OnModuleInit {
  constructor(
    private readonly series: SeriesRepository,
    private readonly volumes: VolumeRepository,
    private readonly replicas: Replicas,
    private readonly folding: SearchFolding,
  ) {}

  onModuleInit(): void {
    this.folding.register({
      table: 'series_search',
      key: 'series_id',
      idType: 'int',
      names: SERIES_NAMES,
      fold: searchTexts,
    });
    this.folding.register({
      table: 'volume_search',
      key: 'volume_id',
      idType: 'int',
      names: VOLUME_NAMES,
      fold: ([name = '']) => ({ text: fold(name), compact: compact(fold(name)) }),
    });
  }

  /** A page of public series, or the series of given ids. @throws unknownClient */
  async list(query: SeriesQuery, viewerId: string | null): Promise<SeriesPageRows> {
    // Series that are not public are known to readers by their ids.
    const visibility = query.ids === undefined ? 'public' : 'all';
    return this.page(query, viewerId, { visibility, isOwn: viewerId !== null, hasExternalId: false });
  }

  /** A page of all series, or of those with one value of `public`. @throws unknownClient */
  async listAll(query: AdminSeriesQuery, viewerId: string): Promise<SeriesPageRows> {
    const visibility = query.public === undefined ? 'all' : query.public === 1 ? 'public' : 'hidden';
    return this.page(query, viewerId, { visibility, isOwn: false, hasExternalId: true });
  }

  private async page(
    query: SeriesQuery,
    viewerId: string | null,
    which: Pick<SeriesSelection, 'visibility' | 'isOwn' | 'hasExternalId'>,
  ): Promise<SeriesPageRows> {
    const { search, ids, limit, offset } = query;
    const order = query.order ?? (search === undefined ? 'name-asc' : 'relevance');
    const language = readingLanguage(query.user_lang);
    const shown = { ...which, language, isCard: query.view === 'card', viewerId, filters: filtersOf(query) };
    const page = await this.readFor(viewerId, () =>
      ids === undefined
        ? this.series.page({ ...shown, search, order, limit, offset })
        : this.series.byIds(ids, shown),
    );
    if (!page.clientKnown) throw unknownClient();
    return page;
  }

  /** Whether the catalog has no series. */
  async isEmpty(): Promise<boolean> {
    return !(await this.series.hasAny());
  }

  /** A series, including one with `public` 0. @throws seriesNotFound */
  async getSeries(
    key: { readonly id: number } | { readonly slug: string },
    userLang: string | undefined,
    viewerId: string | null,
  ): Promise<SeriesDetailRow> {
    const shown = { language: readingLanguage(userLang), viewerId };
    const row = await this.readFor(viewerId, () => this.series.find(key, shown));
    if (row === undefined) throw seriesNotFound();
    return row;
  }

  /** A page of a series' volumes in their order. @throws seriesNotFound */
  async listVolumes(
    seriesId: number,
    query: VolumePageQuery,
    viewerId: string | null,
  ): Promise<{ total: number; rows: VolumeRow[] }> {
    const language = readingLanguage(query.user_lang);
    const { limit, offset } = query;
    const volumeLanguage = query.language === undefined ? null : languageFilter(query.language);
    const page = await this.readFor(viewerId, () =>
      this.volumes.page({ seriesId, language, volumeLanguage, viewerId, limit, offset }),
    );
    if (page.kind === 'no-series') throw seriesNotFound();
    return page;
  }

  /** @throws volumeNotFound */
  async getVolume(id: number, userLang: string | undefined, viewerId: string | null): Promise<VolumeRow> {
    const language = readingLanguage(userLang);
    const row = await this.readFor(viewerId, () => this.volumes.find(id, language, viewerId));
    if (row === undefined) throw volumeNotFound();
    return row;
  }

  /** A page of the volumes with an ISBN, which several series may share. @throws unknownClient */
  async listVolumesByIsbn(
    { isbn, client, user_lang, limit, offset }: IsbnQuery,
    viewerId: string | null,
  ): Promise<{ total: number; rows: VolumeRow[] }> {
    const language = readingLanguage(user_lang);
    const selection = { isbn: isbn13Of(isbn), client: client ?? null, language, viewerId, limit, offset };
    const page = await this.readFor(viewerId, () => this.volumes.byIsbn(selection));
    if (!page.clientKnown) throw unknownClient();
    return page;
  }

  /**
   * Reads from a replica for anonymous requests only: signed-in users must see their own last ratings and purchases.
   */
  private async readFor<T>(viewerId: string | null, read: () => Promise<T>): Promise<T> {
    return viewerId === null ? this.replicas.onReplica(read) : read();
  }
}

function filtersOf(query: SeriesQuery): SeriesFilters {
  const { type: types, client, nsfw, origin, publication, tags, language, in_list: inList } = query;
  return {
    types,
    client,
    nsfw,
    origin,
    publication,
    yearFrom: query.year_from,
    yearTo: query.year_to,
    tags,
    volumeLanguage: language === undefined ? undefined : languageFilter(language),
    inList,
  };
}
