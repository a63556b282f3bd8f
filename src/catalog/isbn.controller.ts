import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { OptionalAuth, OptionalViewer, type Viewer } from '../access/access.js';
import { ValidQuery } from '../http/input.js';
import { pagePosition } from '../http/page.js';
import { ApiRoute } from '../openapi/api-route.js';
import { CatalogService } from './catalog.service.js';
import { presentVolume } from './volume-projection.js';
import { FoundVolumePageDto, IsbnQuery } from './volume.dto.js';

@ApiTags('Catalog')
@Controller('volumes')
export class IsbnController {
  constructor(private readonly catalog: CatalogService) {}

  @Get()
  @OptionalAuth()
  @ApiRoute({
    id: 'volumesByIsbn',
    summary: 'Find volumes by ISBN',
    description:
      'Both forms of an ISBN, of 10 and of 13 digits, find the same volumes. An ISBN can belong to several: the catalog has a volume for each series that lists it. A text that is no ISBN finds none.',
    response: FoundVolumePageDto,
    cachedForAnonymous: true,
  })
  async find(
    @OptionalViewer() viewer: Viewer | null,
    @ValidQuery() query: IsbnQuery,
  ): Promise<FoundVolumePageDto> {
    const { total, rows } = await this.catalog.listVolumesByIsbn(query, viewer?.userId ?? null);
    return { volumes: rows.map(presentVolume), ...pagePosition(query, rows.length, total) };
  }
}
