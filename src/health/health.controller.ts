import { Controller, Get, Header } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { sql } from 'kysely';
import { Probe } from '../access/access.js';
import { Sql } from '../database/sql.js';
import { statement, tables } from '../database/statement.js';
import { ImageStore } from '../images/image-store.js';
import { serviceUnavailable } from '../http/app-error.js';
import { HealthDto } from './health.dto.js';
import { registry } from '../metrics.js';
import { ApiRoute } from '../openapi/api-route.js';

const PING = statement('health.ping', () => tables<never>().selectNoFrom(sql.lit(1).as('answer')));

@ApiTags('Operations')
@Controller()
export class HealthController {
  constructor(
    private readonly sql: Sql,
    private readonly store: ImageStore,
  ) {}

  @Get('health/live')
  @Probe()
  @ApiRoute({ id: 'healthLive', summary: 'Check that the process answers', response: HealthDto })
  live(): HealthDto {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @Probe()
  @ApiRoute({
    id: 'healthReady',
    summary: 'Check that database and storage answer, so that requests can be served',
    response: HealthDto,
    errors: [serviceUnavailable],
  })
  async ready(): Promise<HealthDto> {
    await Promise.all([this.sql.rows(PING, {}), this.store.check()]);
    return { status: 'ok' };
  }

  @Get('metrics')
  @Probe()
  @Header('content-type', registry.contentType)
  @ApiProduces('text/plain')
  @ApiRoute({ id: 'metricsGet', summary: 'Metrics in the Prometheus text format', response: String })
  async metrics(): Promise<string> {
    return registry.metrics();
  }
}
