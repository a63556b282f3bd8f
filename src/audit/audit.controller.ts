import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '../access/access.js';
import { ApiRoute } from '../openapi/api-route.js';
import { PageQuery } from '../http/page.dto.js';
import { pagePosition } from '../http/page.js';
import { AUDIT_ACTIONS } from './audit-actions.js';
import { AuditActionPageDto, AuditPageDto, AuditQuery } from './audit.dto.js';
import { presentAuditEntry } from './audit.presenter.js';
import { AuditEntryRepository } from './audit-entry.repository.js';
import { ValidQuery } from '../http/input.js';

const ACTIONS = Object.entries(AUDIT_ACTIONS)
  .map(([name, description]) => ({ name, description }))
  .toSorted((one, other) => (one.name < other.name ? -1 : 1));

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

  @Get('actions')
  @RequirePermission('view-audit-log')
  @ApiRoute({
    id: 'auditLogActionsList',
    summary: 'List the actions of the audit log',
    description: 'All actions that this version records, whether an entry has them or not.',
    response: AuditActionPageDto,
  })
  actions(@ValidQuery() { limit, offset }: PageQuery): AuditActionPageDto {
    const actions = ACTIONS.slice(offset, offset + limit);
    return { actions, ...pagePosition({ limit, offset }, actions.length, ACTIONS.length) };
  }
}
