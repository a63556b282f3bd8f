import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '../../access/access.js';
import { ApiRoute } from '../../openapi/api-route.js';
import { StatisticsDto } from './statistics.dto.js';
import { StatisticsRepository } from './statistics.repository.js';

@ApiTags('Administration')
@Controller('admin/stats')
export class StatisticsController {
  constructor(private readonly statistics: StatisticsRepository) {}

  @Get()
  @RequirePermission('view-users')
  @ApiRoute({
    id: 'statisticsGet',
    summary: 'Get totals and the last 30 days',
    description:
      'Exact after every change, at a cost that does not depend on the number of users. A day counts what was added on it, even if it has been deleted since.',
    response: StatisticsDto,
  })
  async get(): Promise<StatisticsDto> {
    const { totals, days } = await this.statistics.get();
    return { totals, days: [...days] };
  }
}
