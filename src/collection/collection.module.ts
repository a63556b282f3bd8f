import { Module } from '@nestjs/common';
import { CatalogModule } from '../catalog/catalog.module.js';
import { CollectionItemRepository } from './collection-item.repository.js';
import { CollectionController } from './collection.controller.js';
import { CollectionService } from './collection.service.js';

@Module({
  imports: [CatalogModule],
  controllers: [CollectionController],
  providers: [CollectionService, CollectionItemRepository],
})
export class CollectionModule {}
