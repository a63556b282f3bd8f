import { Module } from '@nestjs/common';
import { CatalogModule } from '../catalog/catalog.module.js';
import { ReaderLogModule } from '../reader-log/reader-log.module.js';
import { CollectionBulkController } from './bulk.controller.js';
import { CollectionBulkService } from './bulk.service.js';
import { CollectionItemRepository } from './collection-item.repository.js';
import { CollectionController } from './collection.controller.js';
import { CollectionService } from './collection.service.js';
import { ShelfController } from './shelf.controller.js';
import { ShelfRepository } from './shelf.repository.js';
import { ShelfService } from './shelf.service.js';

@Module({
  imports: [CatalogModule, ReaderLogModule],
  controllers: [CollectionController, CollectionBulkController, ShelfController],
  providers: [
    CollectionService,
    CollectionBulkService,
    CollectionItemRepository,
    ShelfService,
    ShelfRepository,
  ],
  exports: [CollectionService],
})
export class CollectionModule {}
