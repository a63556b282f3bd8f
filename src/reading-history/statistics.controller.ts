import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentViewer, SignedIn, type Viewer } from '../access/access.js';
import { answerTagged } from '../http/entity-tags.js';
import { ValidQuery } from '../http/input.js';
import { ApiRoute } from '../openapi/api-route.js';
import {
  GeneralReadingStatisticsDto,
  ReadingStatisticsDto,
  ReadingStatisticsQuery,
} from './statistics.dto.js';
import { StatisticsService } from './statistics.service.js';

@ApiTags('Reading history')
@Controller('user/reading-history/stats')
export class StatisticsController {
  constructor(private readonly statistics: StatisticsService) {}

  @Get('general')
  @SignedIn({ scope: 'read' })
  @ApiRoute({
    id: 'readingHistoryGeneralStatistics',
    summary: 'Get figures of your whole reading history',
    description: 'A 304 is cheap: send the ETag whenever the figures are shown.',
    response: GeneralReadingStatisticsDto,
    conditional: true,
  })
  async general(
    @CurrentViewer() { userId }: Viewer,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<GeneralReadingStatisticsDto | undefined> {
    return answerTagged(request, reply, await this.statistics.general(userId));
  }

  @Get()
  @SignedIn({ scope: 'read' })
  @ApiRoute({
    id: 'readingHistoryStatistics',
    summary: 'Get statistics of your reading history',
    description:
      'The figures `by_…` are those of all entries. `months`, `years` and `activity` are those of the period: a date of reduced precision counts only for what is known of it, and lies in the period if its first day does. Chapters and volumes are those by which your counters have grown through requests and bulks; imports, undos and counters that an entry is added with do not count.',
    response: ReadingStatisticsDto,
    conditional: true,
  })
  async get(
    @CurrentViewer() { userId }: Viewer,
    @ValidQuery() query: ReadingStatisticsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReadingStatisticsDto | undefined> {
    return answerTagged(request, reply, await this.statistics.statistics(userId, query));
  }
}
