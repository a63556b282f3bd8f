import { Controller, Get, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { OptionalAuth, OptionalViewer, type Viewer } from '../access/access.js';
import { ApiRoute } from '../openapi/api-route.js';
import { pagePosition } from '../http/page.js';
import { LanguageQuery } from './language.dto.js';
import { rangeOf, SeriesQuery } from './series-query.dto.js';
import { SeriesDetailDto, SeriesPageDto } from './series.dto.js';
import { VolumeDto, VolumePageDto, VolumePageQuery } from './volume.dto.js';
import { seriesNotFound, volumeNotFound } from './catalog.errors.js';
import { presentCatalogSeries, presentSeriesDetail } from './catalog.presenter.js';
import { FacetsDto } from './facets.dto.js';
import { FacetsService } from './facets.service.js';
import { ReaderOfList } from './reader-of-list.guard.js';
import { CatalogService } from './catalog.service.js';
import { presentVolume } from './volume-projection.js';
import { SeriesId, SeriesSlug, VolumeId } from './path-parameters.js';
import { ValidQuery } from '../http/input.js';

@ApiTags('Catalog')
@Controller()
export class CatalogController {
  constructor(
    private readonly catalog: CatalogService,
    private readonly facetsOfCatalog: FacetsService,
  ) {}

  @Get('series')
  @OptionalAuth()
  @UseGuards(ReaderOfList)
  @ApiRoute({
    id: 'seriesList',
    summary: 'Search and list public series',
    description:
      'All filters that are given apply. With a credential each series has the reader’s `entry` and `rating`. Anonymous answers may be cached for a minute.',
    response: SeriesPageDto,
    cachedForAnonymous: true,
  })
  async listSeries(
    @OptionalViewer() viewer: Viewer | null,
    @ValidQuery() query: SeriesQuery,
  ): Promise<SeriesPageDto> {
    const viewerId = viewer?.userId ?? null;
    const { total, rows } = await this.catalog.list(query, viewerId);
    return {
      series: rows.map((row) => presentCatalogSeries(row, viewerId)),
      ...pagePosition(rangeOf(query), rows.length, total),
    };
  }

  @Get('series/slug/:slug')
  @OptionalAuth()
  @ApiRoute({
    id: 'seriesGetBySlug',
    summary: 'Get a series by its slug',
    description:
      'Slugs are not unique: of several series with one slug, the first one that lists contain is answered, else the first one.',
    response: SeriesDetailDto,
    cachedForAnonymous: true,
    errors: [seriesNotFound],
  })
  async getSeriesBySlug(
    @OptionalViewer() viewer: Viewer | null,
    @SeriesSlug() slug: string,
    @ValidQuery() { user_lang }: LanguageQuery,
  ): Promise<SeriesDetailDto> {
    const viewerId = viewer?.userId ?? null;
    return presentSeriesDetail(await this.catalog.getSeries({ slug }, user_lang, viewerId), viewerId);
  }

  @Get('series/:id')
  @OptionalAuth()
  @ApiRoute({
    id: 'seriesGet',
    summary: 'Get a series',
    description:
      'Returns series with `public` 0 too, which lists do not contain. With a credential it has the reader’s `entry` and `rating`.',
    response: SeriesDetailDto,
    cachedForAnonymous: true,
    errors: [seriesNotFound],
  })
  async getSeries(
    @OptionalViewer() viewer: Viewer | null,
    @SeriesId() id: number,
    @ValidQuery() { user_lang }: LanguageQuery,
  ): Promise<SeriesDetailDto> {
    const viewerId = viewer?.userId ?? null;
    return presentSeriesDetail(await this.catalog.getSeries({ id }, user_lang, viewerId), viewerId);
  }

  @Get('catalog/facets')
  @OptionalAuth()
  @ApiRoute({
    id: 'catalogFacets',
    summary: 'Count public series by type, origin, tag and language',
    description:
      'Each count is the total of `GET /series` with that filter alone: `type`, `origin`, `tags` or `language`. Spellings that differ in case are one key. The most frequent keys come first.',
    response: FacetsDto,
    cachedForAnonymous: true,
  })
  async facets(): Promise<FacetsDto> {
    return this.facetsOfCatalog.get();
  }

  @Get('series/:id/volumes')
  @OptionalAuth()
  @ApiRoute({
    id: 'seriesVolumesList',
    cachedForAnonymous: true,
    summary: 'List the volumes of a series',
    response: VolumePageDto,
    errors: [seriesNotFound],
  })
  async listVolumes(
    @OptionalViewer() viewer: Viewer | null,
    @SeriesId() id: number,
    @ValidQuery() query: VolumePageQuery,
  ): Promise<VolumePageDto> {
    const { total, rows } = await this.catalog.listVolumes(id, query, viewer?.userId ?? null);
    return { volumes: rows.map(presentVolume), ...pagePosition(query, rows.length, total) };
  }

  @Get('volumes/:id')
  @OptionalAuth()
  @ApiRoute({
    id: 'volumesGet',
    cachedForAnonymous: true,
    summary: 'Get a volume',
    description: 'With a credential, `in_collection` and `collection` are those of the signed-in reader.',
    response: VolumeDto,
    errors: [volumeNotFound],
  })
  async getVolume(
    @OptionalViewer() viewer: Viewer | null,
    @VolumeId() id: number,
    @ValidQuery() { user_lang }: LanguageQuery,
  ): Promise<VolumeDto> {
    return presentVolume(await this.catalog.getVolume(id, user_lang, viewer?.userId ?? null));
  }
}
