import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, SignedIn, type Viewer } from '../access/access.js';
import { ValidQuery } from '../http/input.js';
import { pagePosition } from '../http/page.js';
import { ApiRoute } from '../openapi/api-route.js';
import { ShelfPageDto, ShelfQuery } from './shelf.dto.js';
import { presentShelfSeries } from './shelf.presenter.js';
import { ShelfService } from './shelf.service.js';

@ApiTags('Collection')
@Controller('user/collection')
export class ShelfController {
  constructor(private readonly shelf: ShelfService) {}

  @Get('series')
  @SignedIn({ scope: 'read' })
  @ApiRoute({
    id: 'collectionSeries',
    summary: 'List the series of your collection, with what you lack of them',
    description:
      'A search compares names and titles of series. `missing` and `next` are about the editions of which you own a volume: an omnibus edition does not miss the single volumes.',
    response: ShelfPageDto,
  })
  async list(@CurrentViewer() { userId }: Viewer, @ValidQuery() query: ShelfQuery): Promise<ShelfPageDto> {
    const { total, rows } = await this.shelf.list(userId, query);
    return { series: rows.map(presentShelfSeries), ...pagePosition(query, rows.length, total) };
  }
}
