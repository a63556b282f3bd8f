import { Module } from '@nestjs/common';
import { ReadingEntryRepository } from './reading-entry.repository.js';
import { ReadingHistoryController } from './reading-history.controller.js';
import { ReadingHistoryService } from './reading-history.service.js';

@Module({
  controllers: [ReadingHistoryController],
  providers: [ReadingHistoryService, ReadingEntryRepository],
  exports: [ReadingHistoryService],
})
export class ReadingHistoryModule {}
