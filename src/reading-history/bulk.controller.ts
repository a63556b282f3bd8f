import { Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, SignedIn, type Viewer } from '../access/access.js';
import { BULK_LIMIT } from '../bulk/bulk-items.js';
import { ValidBody } from '../http/input.js';
import { Idempotent } from '../idempotency/idempotent.js';
import { BodyLimit } from '../limits/body-limit.js';
import { LimitUser } from '../limits/user-limit.js';
import { ApiRoute } from '../openapi/api-route.js';
import { HistoryBulkDto, HistoryBulkResultDto } from './bulk.dto.js';
import { nothingChanged } from './bulk.errors.js';
import { BulkService } from './bulk.service.js';

@ApiTags('Reading history')
@Controller('user/reading-history')
export class BulkController {
  constructor(private readonly bulk: BulkService) {}

  @Post('bulk')
  @SignedIn({ scope: 'write-history' })
  @LimitUser('bulk')
  @Idempotent()
  @BodyLimit(BULK_LIMIT)
  @ApiRoute({
    id: 'readingHistoryBulk',
    summary: 'Change many entries at once',
    description:
      'Items are applied in order, each after the former ones. An item that fails does not stop the others, unless the bulk is atomic. The body may have 2 MiB; 30 bulks a minute.',
    response: HistoryBulkResultDto,
    errors: [nothingChanged],
  })
  async run(
    @CurrentViewer() viewer: Viewer,
    @ValidBody() bulk: HistoryBulkDto,
  ): Promise<HistoryBulkResultDto> {
    return this.bulk.run(viewer, bulk);
  }
}
