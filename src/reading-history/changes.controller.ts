import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, SignedIn, type Viewer } from '../access/access.js';
import { ValidQuery } from '../http/input.js';
import { ApiRoute } from '../openapi/api-route.js';
import { ChangesPageDto, ChangesQuery } from './changes.dto.js';
import { cursorExpired } from './changes.errors.js';
import { ChangesService } from './changes.service.js';

@ApiTags('Reading history')
@Controller('user/reading-history')
export class ChangesController {
  constructor(private readonly changes: ChangesService) {}

  @Get('changes')
  @SignedIn({ scope: 'read' })
  @ApiRoute({
    id: 'readingHistoryChanges',
    summary: 'List what has changed in your reading history since a cursor',
    description:
      'A device that applies all pages in order has the entries of the server. Deletions are reported for 90 days; an older cursor, or one from before the service was restored from a backup, is a 410, and the device begins again without one.',
    response: ChangesPageDto,
    errors: [cursorExpired],
  })
  async list(
    @CurrentViewer() { userId }: Viewer,
    @ValidQuery() query: ChangesQuery,
  ): Promise<ChangesPageDto> {
    return this.changes.list(userId, query);
  }
}
