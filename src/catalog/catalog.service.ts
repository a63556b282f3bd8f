import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Replicas } from '../database/replicas.js';
import { unknownClient } from '../clients/clients.errors.js';
import { compact, fold, searchTexts } from '../search/fold.js';
import { SearchFolding } from '../search/search-folding.js';
import type { SeriesQuery } from './series.dto.js';
import type { VolumePageQuery } from './volume.dto.js';
import { seriesNotFound, volumeNotFound } from './catalog.errors.js';
import { readingLanguage } from './languages.js';
import { SERIES_NAMES, VOLUME_NAMES } from './folded-names.js';
import type { SeriesRow } from './series-projection.js';
import { type SeriesDetailRow, SeriesRepository } from './series.repository.js';
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

  /** A page of public series. @throws unknownClient */
  async list(query: SeriesQuery, viewerId: string | null): Promise<{ total: number; rows: SeriesRow[] }> {
    const { search, type, client, limit, offset } = query;
    const order = query.order ?? (search === undefined ? 'name-asc' : 'relevance');
    const language = readingLanguage(query.user_lang);
    const selection = { search, type, client, order, language, limit, offset };
    const page = await this.readFor(viewerId, () => this.series.page(selection));
    if (!page.clientKnown) throw unknownClient();
    return page;
  }

  /** Whether the catalog has no series. */
  async isEmpty(): Promise<boolean> {
    return !(await this.series.hasAny());
  }

  /** A series, including one with `public` 0. @throws seriesNotFound */
  async getSeries(
    id: number,
    userLang: string | undefined,
    viewerId: string | null,
  ): Promise<SeriesDetailRow> {
    const row = await this.readFor(viewerId, () => this.series.find(id, readingLanguage(userLang)));
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
    const page = await this.readFor(viewerId, () =>
      this.volumes.page({ seriesId, language, viewerId, limit, offset }),
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

  /** Reads from a replica for anonymous requests only: signed-in users must see their own last ratings and purchases. */
  private async readFor<T>(viewerId: string | null, read: () => Promise<T>): Promise<T> {
    return viewerId === null ? this.replicas.onReplica(read) : read();
  }
}
