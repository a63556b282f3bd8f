import { Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, SignedIn, type Viewer } from '../access/access.js';
import { volumeNotFound } from '../catalog/catalog.errors.js';
import { presentVolume } from '../catalog/volume-projection.js';
import { success } from '../http/families.js';
import { Idempotent } from '../idempotency/idempotent.js';
import { BodyLimit } from '../limits/body-limit.js';
import { NOTES_LIMIT } from '../limits/notes-limit.js';
import { ApiRoute } from '../openapi/api-route.js';
import { pagePosition } from '../http/page.js';
import {
  CollectionPageDto,
  CollectionQuery,
  CollectionStatsDto,
  CollectionStatsQuery,
  UpdateCollectionItemDto,
  CreateCollectionItemDto,
  ItemAnswerDto,
} from './collection.dto.js';
import { ADDED, DELETED, UPDATED } from './collection.messages.js';
import { itemNotFound, volumeOwned } from './collection.errors.js';
import { presentItem, presentStats } from './collection.presenter.js';
import { CollectionService } from './collection.service.js';
import { VolumeId } from '../catalog/path-parameters.js';
import { ItemId } from './path-parameters.js';
import { ValidBody, ValidQuery } from '../http/input.js';

@ApiTags('Collection')
@Controller('user/collection')
export class CollectionController {
  constructor(private readonly collection: CollectionService) {}

  @Get()
  @SignedIn({ scope: 'read' })
  @ApiRoute({
    id: 'collectionList',
    summary: 'List the volumes of your collection',
    description: 'The volumes that you own, unless `state` asks for those that you have ordered or want.',
    response: CollectionPageDto,
  })
  async list(
    @CurrentViewer() { userId }: Viewer,
    @ValidQuery() query: CollectionQuery,
  ): Promise<CollectionPageDto> {
    const { total, rows } = await this.collection.list(userId, query);
    return { volumes: rows.map(presentVolume), ...pagePosition(query, rows.length, total) };
  }

  @Get('stats/general')
  @SignedIn({ scope: 'read' })
  @ApiRoute({
    id: 'collectionStats',
    summary: 'Get the totals of your collection',
    description:
      'Of the volumes that you own, unless `state` asks for others. Sums of different currencies are never added.',
    response: CollectionStatsDto,
  })
  async stats(
    @CurrentViewer() { userId }: Viewer,
    @ValidQuery() query: CollectionStatsQuery,
  ): Promise<CollectionStatsDto> {
    return presentStats(await this.collection.stats(userId, query));
  }

  @Post('add/:id')
  @SignedIn({ scope: 'write-collection' })
  @Idempotent()
  @BodyLimit(NOTES_LIMIT)
  @ApiRoute({
    id: 'collectionAdd',
    summary: 'Add a volume to your collection',
    description:
      'Adding as `owned` a volume that is ordered or wanted makes its item owned. `item_id`, `place` and `notes` stay. The price and its currency stay if the request names neither; otherwise they are those of a new item. The date stays unless the request names one, and an item without a date gets the current one.',
    message: ADDED,
    response: ItemAnswerDto,
    errors: [volumeNotFound, volumeOwned],
  })
  async add(
    @CurrentViewer() viewer: Viewer,
    @VolumeId({ mayBeBlank: true }) id: number,
    @ValidBody() item: CreateCollectionItemDto,
  ): Promise<ItemAnswerDto> {
    return { ...success(ADDED), item: presentItem(await this.collection.add(viewer, id, item)) };
  }

  @Post('update/:id')
  @SignedIn({ scope: 'write-collection' })
  @Idempotent()
  @BodyLimit(NOTES_LIMIT)
  @ApiRoute({
    id: 'collectionUpdate',
    summary: 'Change an item of your collection',
    description: 'Fields that the request does not name stay as they are; price and date are required.',
    message: UPDATED,
    response: ItemAnswerDto,
    errors: [itemNotFound],
  })
  async update(
    @CurrentViewer() viewer: Viewer,
    @ItemId() id: number,
    @ValidBody() changes: UpdateCollectionItemDto,
  ): Promise<ItemAnswerDto> {
    return { ...success(UPDATED), item: presentItem(await this.collection.update(viewer, id, changes)) };
  }

  @Delete('delete/:id')
  @SignedIn({ scope: 'write-collection' })
  @ApiRoute({
    id: 'collectionDelete',
    summary: 'Remove an item from your collection',
    message: DELETED,
    response: ItemAnswerDto,
    errors: [itemNotFound],
  })
  async delete(@CurrentViewer() viewer: Viewer, @ItemId() id: number): Promise<ItemAnswerDto> {
    await this.collection.delete(viewer, id);
    return { ...success(DELETED), item: null };
  }
}
