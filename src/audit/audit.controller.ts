import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '../access/access.js';
import { ApiRoute } from '../openapi/api-route.js';
import { pagePosition } from '../http/page.js';
import { AuditPageDto, AuditQuery } from './audit.dto.js';
import { presentAuditEntry } from './audit.presenter.js';
import { AuditEntryRepository } from './audit-entry.repository.js';
import { ValidQuery } from '../http/input.js';

@ApiTags('Administration')
@Controller('admin/audit-log')
export class AuditController {
  constructor(private readonly entries: AuditEntryRepository) {}

  @Get()
  @RequirePermission('view-audit-log')
  @ApiRoute({
    id: 'auditLogList',
    summary: 'Read the audit log',
    description: 'Newest first. No operation changes or removes entries.',
    response: AuditPageDto,
  })
  async list(
    @ValidQuery() { actor, action, target, since, until, ...page }: AuditQuery,
  ): Promise<AuditPageDto> {
    const { total, rows } = await this.entries.page({ actor, action, target, since, until, ...page });
    return { entries: rows.map(presentAuditEntry), ...pagePosition(page, rows.length, total) };
  }
}
