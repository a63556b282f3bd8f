import { Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, RequirePermission, SignedIn, type Viewer } from '../access/access.js';
import { seriesNotFound } from '../catalog/catalog.errors.js';
import { success } from '../http/families.js';
import { Idempotent } from '../idempotency/idempotent.js';
import { ApiRoute } from '../openapi/api-route.js';
import { RatingAnswerDto, RatingDto, SaveRatingDto } from './ratings.dto.js';
import { ratingExists, ratingMissing } from './ratings.errors.js';
import { presentRating } from './ratings.presenter.js';
import { RatingsService } from './ratings.service.js';
import { SeriesId } from '../catalog/path-parameters.js';
import { ValidBody } from '../http/input.js';

const ADDED = 'Rating added successfully';
const UPDATED = 'Rating updated successfully';
const DELETED = 'Rating deleted successfully';

@ApiTags('Ratings')
@Controller('user/series-rating')
export class RatingsController {
  constructor(private readonly ratings: RatingsService) {}

  @Get(':id')
  @SignedIn({ scope: 'read' })
  @ApiRoute({
    id: 'ratingGet',
    summary: 'Get your rating of a series, or null',
    response: RatingDto,
    nullable: true,
    errors: [seriesNotFound],
  })
  async get(
    @CurrentViewer() { userId }: Viewer,
    @SeriesId({ mayBeBlank: true }) id: number,
  ): Promise<RatingDto | null> {
    return presentRating(await this.ratings.find(userId, id), userId, id);
  }

  @Post('add/:id')
  @RequirePermission('rate-series', { scope: 'write-ratings' })
  @Idempotent()
  @ApiRoute({
    id: 'ratingAdd',
    summary: 'Rate a series',
    message: ADDED,
    response: RatingAnswerDto,
    errors: [seriesNotFound, ratingExists],
  })
  async add(
    @CurrentViewer() viewer: Viewer,
    @SeriesId({ mayBeBlank: true }) id: number,
    @ValidBody() { rating }: SaveRatingDto,
  ): Promise<RatingAnswerDto> {
    await this.ratings.add(viewer, id, rating);
    return { ...success(ADDED), rating: presentRating(rating, viewer.userId, id) };
  }

  @Post('update/:id')
  @RequirePermission('rate-series', { scope: 'write-ratings' })
  @Idempotent()
  @ApiRoute({
    id: 'ratingUpdate',
    summary: 'Change your rating of a series',
    message: UPDATED,
    response: RatingAnswerDto,
    errors: [ratingMissing],
  })
  async update(
    @CurrentViewer() viewer: Viewer,
    @SeriesId({ mayBeBlank: true }) id: number,
    @ValidBody() { rating }: SaveRatingDto,
  ): Promise<RatingAnswerDto> {
    await this.ratings.update(viewer, id, rating);
    return { ...success(UPDATED), rating: presentRating(rating, viewer.userId, id) };
  }

  @Delete('delete/:id')
  @RequirePermission('rate-series', { scope: 'write-ratings' })
  @ApiRoute({
    id: 'ratingDelete',
    summary: 'Delete your rating of a series',
    message: DELETED,
    response: RatingAnswerDto,
    errors: [ratingMissing],
  })
  async delete(
    @CurrentViewer() viewer: Viewer,
    @SeriesId({ mayBeBlank: true }) id: number,
  ): Promise<RatingAnswerDto> {
    await this.ratings.delete(viewer, id);
    return { ...success(DELETED), rating: null };
  }
}
