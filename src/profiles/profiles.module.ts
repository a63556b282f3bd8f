import { Module } from '@nestjs/common';
import { ReadingHistoryModule } from '../reading-history/reading-history.module.js';
import { UsersModule } from '../users/users.module.js';
import { ProfilesController } from './profiles.controller.js';
import { ProfilesService } from './profiles.service.js';

@Module({
  imports: [UsersModule, ReadingHistoryModule],
  controllers: [ProfilesController],
  providers: [ProfilesService],
})
export class ProfilesModule {}
