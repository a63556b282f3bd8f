import { Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, SignedIn, type Viewer } from '../access/access.js';
import { BULK_LIMIT } from '../bulk/bulk-items.js';
import { ValidBody } from '../http/input.js';
import { Idempotent } from '../idempotency/idempotent.js';
import { BodyLimit } from '../limits/body-limit.js';
import { LimitUser } from '../limits/user-limit.js';
import { ApiRoute } from '../openapi/api-route.js';
import { CollectionBulkDto, CollectionBulkResultDto } from './bulk.dto.js';
import { noItemChanged } from './bulk.errors.js';
import { CollectionBulkService } from './bulk.service.js';

@ApiTags('Collection')
@Controller('user/collection')
export class CollectionBulkController {
  constructor(private readonly bulk: CollectionBulkService) {}

  @Post('bulk')
  @SignedIn({ scope: 'write-collection' })
  @LimitUser('bulk')
  @Idempotent()
  @BodyLimit(BULK_LIMIT)
  @ApiRoute({
    id: 'collectionBulk',
    summary: 'Change many items of your collection at once',
    description:
      'Items are applied in order, each after the former ones. An item that fails does not stop the others, unless the bulk is atomic. The body may have 2 MiB; 30 bulks a minute.',
    response: CollectionBulkResultDto,
    errors: [noItemChanged],
  })
  async run(
    @CurrentViewer() viewer: Viewer,
    @ValidBody() bulk: CollectionBulkDto,
  ): Promise<CollectionBulkResultDto> {
    return this.bulk.run(viewer, bulk);
  }
}
