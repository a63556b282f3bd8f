import { Module } from '@nestjs/common';
import { CatalogModule } from '../catalog/catalog.module.js';
import { ReaderLogModule } from '../reader-log/reader-log.module.js';
import { UsersModule } from '../users/users.module.js';
import { ReadRepository } from './read.repository.js';
import { ReadsController } from './reads.controller.js';
import { ReadsService } from './reads.service.js';
import { ReadingEntryRepository } from './reading-entry.repository.js';
import { ReadingHistoryController } from './reading-history.controller.js';
import { ReadingHistoryService } from './reading-history.service.js';

@Module({
  imports: [CatalogModule, ReaderLogModule, UsersModule],
  controllers: [ReadingHistoryController, ReadsController],
  providers: [ReadingHistoryService, ReadsService, ReadingEntryRepository, ReadRepository],
  exports: [ReadingHistoryService],
})
export class ReadingHistoryModule {}
