import { Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, RequirePermission, type Viewer } from '../access/access.js';
import { forbidden } from '../http/app-error.js';
import { IntegerId } from '../http/ids.js';
import { ValidBody, ValidQuery } from '../http/input.js';
import { PageQuery } from '../http/page.dto.js';
import { pagePosition } from '../http/page.js';
import { ApiRoute } from '../openapi/api-route.js';
import type { InvitationRow } from './invitation.repository.js';
import {
  CreatedInvitationDto,
  CreateInvitationDto,
  type InvitationDto,
  InvitationPageDto,
} from './invitations.dto.js';
import { invitationNotFound } from './invitations.errors.js';
import { InvitationsService } from './invitations.service.js';

/** Injects the id of an invitation from the path. */
const InvitationId = () => IntegerId({ description: 'Id of the invitation, from the list of invitations.' });

@ApiTags('Administration')
@Controller('admin/invitations')
export class InvitationsController {
  constructor(private readonly invitations: InvitationsService) {}

  @Get()
  @RequirePermission('edit-users')
  @ApiRoute({ id: 'invitationsList', summary: 'List the invitations', response: InvitationPageDto })
  async list(@ValidQuery() query: PageQuery): Promise<InvitationPageDto> {
    const { total, rows } = await this.invitations.page(query.limit, query.offset);
    return { invitations: rows.map(present), ...pagePosition(query, rows.length, total) };
  }

  @Post()
  @RequirePermission('edit-users')
  @ApiRoute({
    id: 'invitationsCreate',
    summary: 'Invite users to register',
    description: 'No later response contains the secret.',
    status: 201,
    response: CreatedInvitationDto,
    errors: [forbidden],
  })
  async create(
    @CurrentViewer() viewer: Viewer,
    @ValidBody() body: CreateInvitationDto,
  ): Promise<CreatedInvitationDto> {
    const { row, invitation, url } = await this.invitations.create(viewer, body);
    return { ...present(row), invitation, url };
  }

  @Delete(':id')
  @RequirePermission('edit-users')
  @ApiRoute({
    id: 'invitationsDelete',
    summary: 'Delete an invitation',
    description: 'Accounts that it has created stay.',
    status: 204,
    errors: [invitationNotFound],
  })
  async delete(@CurrentViewer() viewer: Viewer, @InvitationId() id: number): Promise<void> {
    await this.invitations.delete(viewer, id);
  }
}

function present(row: InvitationRow): InvitationDto {
  return {
    id: row.id,
    note: row.note,
    uses: row.uses,
    used: row.used,
    roles: row.roles,
    expires: row.expires,
    created: row.created,
    created_by: row.createdBy,
  };
}
