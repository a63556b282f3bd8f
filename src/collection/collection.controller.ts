import { Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, SignedIn, type Viewer } from '../access/access.js';
import { volumeNotFound } from '../catalog/catalog.errors.js';
import { presentVolume } from '../catalog/volume-projection.js';
import { success } from '../http/families.js';
import { Idempotent } from '../idempotency/idempotent.js';
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
  @SignedIn()
  @ApiRoute({ id: 'collectionList', summary: 'List the volumes you own', response: CollectionPageDto })
  async list(
    @CurrentViewer() { userId }: Viewer,
    @ValidQuery() query: CollectionQuery,
  ): Promise<CollectionPageDto> {
    const { total, rows } = await this.collection.list(userId, query);
    return { volumes: rows.map(presentVolume), ...pagePosition(query, rows.length, total) };
  }

  @Get('stats/general')
  @SignedIn()
  @ApiRoute({
    id: 'collectionStats',
    summary: 'Get the totals of your collection',
    response: CollectionStatsDto,
  })
  async stats(
    @CurrentViewer() { userId }: Viewer,
    @ValidQuery() { client }: CollectionStatsQuery,
  ): Promise<CollectionStatsDto> {
    return presentStats(await this.collection.stats(userId, client));
  }

  @Post('add/:id')
  @SignedIn()
  @Idempotent()
  @ApiRoute({
    id: 'collectionAdd',
    summary: 'Add a volume to your collection',
    message: ADDED,
    response: ItemAnswerDto,
    errors: [volumeNotFound, volumeOwned],
  })
  async add(
    @CurrentViewer() { userId }: Viewer,
    @VolumeId({ mayBeBlank: true }) id: number,
    @ValidBody() item: CreateCollectionItemDto,
  ): Promise<ItemAnswerDto> {
    return { ...success(ADDED), item: presentItem(await this.collection.add(userId, id, item)) };
  }

  @Post('update/:id')
  @SignedIn()
  @Idempotent()
  @ApiRoute({
    id: 'collectionUpdate',
    summary: 'Change the price and date of an item',
    message: UPDATED,
    response: ItemAnswerDto,
    errors: [itemNotFound],
  })
  async update(
    @CurrentViewer() { userId }: Viewer,
    @ItemId() id: number,
    @ValidBody() changes: UpdateCollectionItemDto,
  ): Promise<ItemAnswerDto> {
    return { ...success(UPDATED), item: presentItem(await this.collection.update(userId, id, changes)) };
  }

  @Delete('delete/:id')
  @SignedIn()
  @ApiRoute({
    id: 'collectionDelete',
    summary: 'Remove an item from your collection',
    message: DELETED,
    response: ItemAnswerDto,
    errors: [itemNotFound],
  })
  async delete(@CurrentViewer() { userId }: Viewer, @ItemId() id: number): Promise<ItemAnswerDto> {
    await this.collection.delete(userId, id);
    return { ...success(DELETED), item: null };
  }
}
