import { Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, RequirePermission, SignedIn, type Viewer } from '../access/access.js';
import { seriesNotFound } from '../catalog/catalog.errors.js';
import { done } from '../http/families.js';
import { Operation } from '../openapi/operation.js';
import type { ResponseDto } from '../http/response.dto.js';
import { RatingDto, RatingInput } from './ratings.dto.js';
import { ratingExists, ratingMissing } from './ratings.errors.js';
import { presentRating } from './ratings.presenter.js';
import { RatingsService } from './ratings.service.js';
import { SeriesId } from '../catalog/path-ids.js';
import { ValidBody } from '../http/input.js';

const ADDED = 'Rating added successfully';
const UPDATED = 'Rating updated successfully';
const DELETED = 'Rating deleted successfully';

@ApiTags('Ratings')
@Controller('user/series-rating')
export class RatingsController {
  constructor(private readonly ratings: RatingsService) {}

  @Get(':id')
  @SignedIn()
  @Operation({
    id: 'ratingGet',
    summary: 'Get your rating of a series, or null',
    answers: RatingDto,
    orNull: true,
    refuses: [seriesNotFound],
  })
  async get(
    @CurrentViewer() { userId }: Viewer,
    @SeriesId({ mayBeBlank: true }) id: number,
  ): Promise<RatingDto | null> {
    return presentRating(await this.ratings.find(userId, id), userId, id);
  }

  @Post('add/:id')
  @RequirePermission('rate-series')
  @Operation({
    id: 'ratingAdd',
    summary: 'Rate a series',
    says: ADDED,
    refuses: [seriesNotFound, ratingExists],
  })
  async add(
    @CurrentViewer() { userId }: Viewer,
    @SeriesId({ mayBeBlank: true }) id: number,
    @ValidBody() { rating }: RatingInput,
  ): Promise<ResponseDto> {
    await this.ratings.add(userId, id, rating);
    return done(ADDED);
  }

  @Post('update/:id')
  @RequirePermission('rate-series')
  @Operation({
    id: 'ratingUpdate',
    summary: 'Change your rating of a series',
    says: UPDATED,
    refuses: [ratingMissing],
  })
  async update(
    @CurrentViewer() { userId }: Viewer,
    @SeriesId({ mayBeBlank: true }) id: number,
    @ValidBody() { rating }: RatingInput,
  ): Promise<ResponseDto> {
    await this.ratings.update(userId, id, rating);
    return done(UPDATED);
  }

  @Delete('delete/:id')
  @RequirePermission('rate-series')
  @Operation({
    id: 'ratingDelete',
    summary: 'Delete your rating of a series',
    says: DELETED,
    refuses: [ratingMissing],
  })
  async delete(
    @CurrentViewer() { userId }: Viewer,
    @SeriesId({ mayBeBlank: true }) id: number,
  ): Promise<ResponseDto> {
    await this.ratings.delete(userId, id);
    return done(DELETED);
  }
}
