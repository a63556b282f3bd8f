import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { ReaderLog } from './reader-log.js';
import { ReaderLogRepository } from './reader-log.repository.js';

@Module({
  imports: [UsersModule],
  providers: [ReaderLog, ReaderLogRepository],
  exports: [ReaderLog],
})
export class ReaderLogModule {}
