import { Module } from '@nestjs/common';
import { CatalogModule } from '../catalog/catalog.module.js';
import { ReadingEntryRepository } from './reading-entry.repository.js';
import { ReadingHistoryController } from './reading-history.controller.js';
import { ReadingHistoryService } from './reading-history.service.js';

@Module({
  imports: [CatalogModule],
  controllers: [ReadingHistoryController],
  providers: [ReadingHistoryService, ReadingEntryRepository],
  exports: [ReadingHistoryService],
})
export class ReadingHistoryModule {}
