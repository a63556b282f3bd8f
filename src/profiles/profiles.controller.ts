import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { OptionalAuth, OptionalViewer, type Viewer } from '../access/access.js';
import { userNotFound } from '../http/app-error.js';
import { ApiRoute } from '../openapi/api-route.js';
import { pagePosition } from '../http/page.js';
import { HistoryQuery, PublicHistoryPageDto } from '../reading-history/reading-history.dto.js';
import { PublicReadingStatisticsDto, ReadingStatisticsQuery } from '../reading-history/statistics.dto.js';
import { presentPublicSeries } from '../reading-history/reading-history.presenter.js';
import { ProfileDto } from './profiles.dto.js';
import { presentProfile } from './profiles.presenter.js';
import { ProfilesService } from './profiles.service.js';
import { ProfileSlug } from './path-parameters.js';
import { ValidQuery } from '../http/input.js';

@ApiTags('Profiles')
@Controller('profiles')
export class ProfilesController {
  constructor(private readonly profiles: ProfilesService) {}

  @Get(':slug')
  @OptionalAuth()
  @ApiRoute({
    id: 'profilesGet',
    summary: 'Get a reader’s public profile',
    response: ProfileDto,
    errors: [userNotFound],
  })
  async get(@OptionalViewer() viewer: Viewer | null, @ProfileSlug() slug: string): Promise<ProfileDto> {
    const { profile, counts } = await this.profiles.get(slug, viewer?.userId ?? null);
    return presentProfile(profile, counts);
  }

  @Get(':slug/reading-history')
  @OptionalAuth()
  @ApiRoute({
    id: 'profilesReadingHistoryList',
    summary: 'List a reader’s public entries',
    description: 'The answer is the same for all viewers, the reader included.',
    response: PublicHistoryPageDto,
    errors: [userNotFound],
  })
  async listHistory(
    @OptionalViewer() viewer: Viewer | null,
    @ProfileSlug() slug: string,
    @ValidQuery() query: HistoryQuery,
  ): Promise<PublicHistoryPageDto> {
    const { total, rows } = await this.profiles.listHistory(slug, query, viewer?.userId ?? null);
    return { series: rows.map(presentPublicSeries), ...pagePosition(query, rows.length, total) };
  }

  @Get(':slug/stats')
  @OptionalAuth()
  @ApiRoute({
    id: 'profilesStatistics',
    summary: 'Get statistics of a reader’s public entries',
    description:
      'The answer is the same for all viewers, the reader included, and does not depend on private entries.',
    response: PublicReadingStatisticsDto,
    errors: [userNotFound],
  })
  async getStatistics(
    @OptionalViewer() viewer: Viewer | null,
    @ProfileSlug() slug: string,
    @ValidQuery() query: ReadingStatisticsQuery,
  ): Promise<PublicReadingStatisticsDto> {
    return this.profiles.statistics(slug, query, viewer?.userId ?? null);
  }
}
