import { Module } from '@nestjs/common';
import { CatalogModule } from '../catalog/catalog.module.js';
import { ReaderLogModule } from '../reader-log/reader-log.module.js';
import { UsersModule } from '../users/users.module.js';
import { TokenKeyModule } from '../access/token-key.module.js';
import { BulkController } from './bulk.controller.js';
import { BulkService } from './bulk.service.js';
import { ChangesController } from './changes.controller.js';
import { ChangesCursor } from './changes-cursor.js';
import { ChangesRepository } from './changes.repository.js';
import { ChangesService } from './changes.service.js';
import { EntryWriter } from './entry-writer.js';
import { HistoryUndo } from './history-undo.js';
import { ReadRepository } from './read.repository.js';
import { ReadsController } from './reads.controller.js';
import { ReadsService } from './reads.service.js';
import { ReadingEntryRepository } from './reading-entry.repository.js';
import { ReadingHistoryController } from './reading-history.controller.js';
import { StatisticsController } from './statistics.controller.js';
import { StatisticsRepository } from './statistics.repository.js';
import { StatisticsService } from './statistics.service.js';
import { ReadingHistoryService } from './reading-history.service.js';

@Module({
  imports: [TokenKeyModule, CatalogModule, ReaderLogModule, UsersModule],
  controllers: [
    ReadingHistoryController,
    ReadsController,
    ChangesController,
    BulkController,
    StatisticsController,
  ],
  providers: [
    ReadingHistoryService,
    ReadsService,
    ReadingEntryRepository,
    ReadRepository,
    EntryWriter,
    HistoryUndo,
    ChangesService,
    ChangesRepository,
    ChangesCursor,
    BulkService,
    StatisticsService,
    StatisticsRepository,
  ],
  exports: [ReadingHistoryService, StatisticsService, EntryWriter],
})
export class ReadingHistoryModule {}
