import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, RequirePermission, type Viewer } from '../access/access.js';
import { ValidQuery } from '../http/input.js';
import { pagePosition } from '../http/page.js';
import { ApiRoute } from '../openapi/api-route.js';
import { AdminSeriesPageDto, AdminSeriesQuery } from './admin-series.dto.js';
import { CatalogService } from './catalog.service.js';
import { rangeOf } from './series-query.dto.js';
import { presentListedSeries } from './series-projection.js';

@ApiTags('Catalog')
@Controller('admin/catalog/series')
export class AdminSeriesController {
  constructor(private readonly catalog: CatalogService) {}

  @Get()
  @RequirePermission('manage-catalog')
  @ApiRoute({
    id: 'adminSeriesList',
    summary: 'Search and list all series',
    description: 'As `GET /series`, but with series that are not public, and with `external_id`.',
    response: AdminSeriesPageDto,
  })
  async list(
    @CurrentViewer() viewer: Viewer,
    @ValidQuery() query: AdminSeriesQuery,
  ): Promise<AdminSeriesPageDto> {
    const { total, rows } = await this.catalog.listAll(query, viewer.userId);
    return {
      series: rows.map((row) => ({ ...presentListedSeries(row), external_id: row.external_id ?? '' })),
      ...pagePosition(rangeOf(query), rows.length, total),
    };
  }
}
