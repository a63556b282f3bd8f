import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { RatingRanking } from './rating-ranking.js';
import { RatingRepository } from './rating.repository.js';
import { RatingsController } from './ratings.controller.js';
import { RatingsService } from './ratings.service.js';

@Module({
  imports: [UsersModule],
  controllers: [RatingsController],
  providers: [RatingsService, RatingRepository, RatingRanking],
})
export class RatingsModule {}
