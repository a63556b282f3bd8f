import { Module } from '@nestjs/common';
import { CollectionItemRepository } from './collection-item.repository.js';
import { CollectionController } from './collection.controller.js';
import { CollectionService } from './collection.service.js';

@Module({
  controllers: [CollectionController],
  providers: [CollectionService, CollectionItemRepository],
})
export class CollectionModule {}
