import { Module } from '@nestjs/common';
import { CatalogModule } from '../catalog/catalog.module.js';
import { ReaderLogModule } from '../reader-log/reader-log.module.js';
import { CollectionBulkController } from './bulk.controller.js';
import { CollectionBulkService } from './bulk.service.js';
import { CollectionItemRepository } from './collection-item.repository.js';
import { CollectionController } from './collection.controller.js';
import { CollectionService } from './collection.service.js';

@Module({
  imports: [CatalogModule, ReaderLogModule],
  controllers: [CollectionController, CollectionBulkController],
  providers: [CollectionService, CollectionBulkService, CollectionItemRepository],
})
export class CollectionModule {}
