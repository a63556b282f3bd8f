import { Module } from '@nestjs/common';
import { ReaderLogModule } from '../reader-log/reader-log.module.js';
import { UsersModule } from '../users/users.module.js';
import { RatingRanking } from './rating-ranking.js';
import { RatingRepository } from './rating.repository.js';
import { RatingsController } from './ratings.controller.js';
import { RatingsService } from './ratings.service.js';

@Module({
  imports: [ReaderLogModule, UsersModule],
  controllers: [RatingsController],
  providers: [RatingsService, RatingRepository, RatingRanking],
  exports: [RatingsService],
})
export class RatingsModule {}
