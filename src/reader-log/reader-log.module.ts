import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';
import { UndoHandlers } from './undo.js';
import { ReaderLog } from './reader-log.js';
import { ReaderLogRepository } from './reader-log.repository.js';

@Module({
  imports: [UsersModule],
  controllers: [EventsController],
  providers: [ReaderLog, ReaderLogRepository, EventsService, UndoHandlers],
  exports: [ReaderLog, EventsService, UndoHandlers],
})
export class ReaderLogModule {}
