import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { OptionalAuth, OptionalViewer, type Viewer } from '../access/access.js';
import { ApiRoute } from '../openapi/api-route.js';
import { pagePosition } from '../http/page.js';
import { LanguageQuery } from './language.dto.js';
import { SeriesDetailDto, SeriesPageDto, SeriesQuery } from './series.dto.js';
import { VolumeDto, VolumePageDto, VolumePageQuery } from './volume.dto.js';
import { seriesNotFound, volumeNotFound } from './catalog.errors.js';
import { presentSeriesDetail } from './catalog.presenter.js';
import { CatalogService } from './catalog.service.js';
import { presentSeries } from './series-projection.js';
import { presentVolume } from './volume-projection.js';
import { SeriesId, VolumeId } from './path-parameters.js';
import { ValidQuery } from '../http/input.js';

@ApiTags('Catalog')
@Controller()
export class CatalogController {
  constructor(private readonly catalog: CatalogService) {}

  @Get('series')
  @OptionalAuth()
  @ApiRoute({ id: 'seriesList', summary: 'Search and list public series', response: SeriesPageDto })
  async listSeries(
    @OptionalViewer() viewer: Viewer | null,
    @ValidQuery() query: SeriesQuery,
  ): Promise<SeriesPageDto> {
    const { total, rows } = await this.catalog.list(query, viewer?.userId ?? null);
    return { series: rows.map(presentSeries), ...pagePosition(query, rows.length, total) };
  }

  @Get('series/:id')
  @OptionalAuth()
  @ApiRoute({
    id: 'seriesGet',
    summary: 'Get a series',
    description: 'Returns series with `public` 0 too, which lists do not contain.',
    response: SeriesDetailDto,
    errors: [seriesNotFound],
  })
  async getSeries(
    @OptionalViewer() viewer: Viewer | null,
    @SeriesId() id: number,
    @ValidQuery() { user_lang }: LanguageQuery,
  ): Promise<SeriesDetailDto> {
    return presentSeriesDetail(await this.catalog.getSeries(id, user_lang, viewer?.userId ?? null));
  }

  @Get('series/:id/volumes')
  @OptionalAuth()
  @ApiRoute({
    id: 'seriesVolumesList',
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
