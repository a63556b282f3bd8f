import { Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, SignedIn, type Viewer } from '../access/access.js';
import { volumeNotFound } from '../catalog/catalog.errors.js';
import { presentVolume } from '../catalog/volume-projection.js';
import { done } from '../http/families.js';
import { Operation } from '../openapi/operation.js';
import { pagePosition } from '../http/page.js';
import type { ResponseDto } from '../http/response.dto.js';
import {
  CollectionPageDto,
  CollectionQuery,
  CollectionStatsDto,
  CollectionStatsQuery,
  ItemChanges,
  NewItem,
} from './collection.dto.js';
import { itemNotFound, volumeOwned } from './collection.errors.js';
import { presentStats } from './collection.presenter.js';
import { CollectionService } from './collection.service.js';
import { VolumeId } from '../catalog/path-ids.js';
import { ItemId } from './item-id.js';
import { ValidBody, ValidQuery } from '../http/input.js';

const ADDED = 'Collection item added successfully';
const UPDATED = 'Collection item updated successfully';
const DELETED = 'Collection item deleted successfully';

@ApiTags('Collection')
@Controller('user/collection')
export class CollectionController {
  constructor(private readonly collection: CollectionService) {}

  @Get()
  @SignedIn()
  @Operation({ id: 'collectionList', summary: 'List the volumes you own', answers: CollectionPageDto })
  async list(
    @CurrentViewer() { userId }: Viewer,
    @ValidQuery() query: CollectionQuery,
  ): Promise<CollectionPageDto> {
    const { total, rows } = await this.collection.list(userId, query);
    return { volumes: rows.map(presentVolume), ...pagePosition(query, rows.length, total) };
  }

  @Get('stats/general')
  @SignedIn()
  @Operation({
    id: 'collectionStats',
    summary: 'Get the totals of your collection',
    answers: CollectionStatsDto,
  })
  async stats(
    @CurrentViewer() { userId }: Viewer,
    @ValidQuery() { client }: CollectionStatsQuery,
  ): Promise<CollectionStatsDto> {
    return presentStats(await this.collection.stats(userId, client));
  }

  @Post('add/:id')
  @SignedIn()
  @Operation({
    id: 'collectionAdd',
    summary: 'Add a volume to your collection',
    says: ADDED,
    refuses: [volumeNotFound, volumeOwned],
  })
  async add(
    @CurrentViewer() { userId }: Viewer,
    @VolumeId({ mayBeBlank: true }) id: number,
    @ValidBody() item: NewItem,
  ): Promise<ResponseDto> {
    await this.collection.add(userId, id, item);
    return done(ADDED);
  }

  @Post('update/:id')
  @SignedIn()
  @Operation({
    id: 'collectionUpdate',
    summary: 'Change the price and date of an item',
    says: UPDATED,
    refuses: [itemNotFound],
  })
  async update(
    @CurrentViewer() { userId }: Viewer,
    @ItemId() id: number,
    @ValidBody() changes: ItemChanges,
  ): Promise<ResponseDto> {
    await this.collection.update(userId, id, changes);
    return done(UPDATED);
  }

  @Delete('delete/:id')
  @SignedIn()
  @Operation({
    id: 'collectionDelete',
    summary: 'Remove an item from your collection',
    says: DELETED,
    refuses: [itemNotFound],
  })
  async delete(@CurrentViewer() { userId }: Viewer, @ItemId() id: number): Promise<ResponseDto> {
    await this.collection.delete(userId, id);
    return done(DELETED);
  }
}
