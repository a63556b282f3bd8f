import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { actorOf } from '../audit/audit-log.js';
import { CurrentViewer, RequirePermission, type Viewer } from '../access/access.js';
import { Operation } from '../openapi/operation.js';
import { PageQuery } from '../http/page.dto.js';
import { pagePosition } from '../http/page.js';
import {
  ClientChanges,
  ClientDto,
  ClientPageDto,
  KeyRotation,
  NewClientDto,
  NewClientInput,
  RotatedKeyDto,
  type Scope,
} from './clients.dto.js';
import { clientInUse, clientNotFound } from './clients.errors.js';
import { ClientsService } from './clients.service.js';
import { ClientId } from './client-id.js';
import { ValidBody, ValidQuery } from '../http/input.js';

@ApiTags('Clients')
@Controller('admin/clients')
export class ClientsController {
  constructor(private readonly clients: ClientsService) {}

  @Get()
  @RequirePermission('manage-clients')
  @Operation({ id: 'clientsList', summary: 'List the registered clients', answers: ClientPageDto })
  async list(@ValidQuery() query: PageQuery): Promise<ClientPageDto> {
    const { total, rows } = await this.clients.list(query.limit, query.offset);
    const clients = rows.map(({ id, name, enabled, scopes, created }) => ({
      id,
      name,
      enabled,
      scopes: scopes as Scope[],
      created,
    }));
    return { clients, ...pagePosition(query, rows.length, total) };
  }

  @Post()
  @RequirePermission('manage-clients')
  @Operation({
    id: 'clientsCreate',
    summary: 'Register a client',
    description: 'The key is shown this once.',
    status: 201,
    answers: NewClientDto,
  })
  async create(
    @CurrentViewer() viewer: Viewer,
    @ValidBody() { name, scopes = [] }: NewClientInput,
  ): Promise<NewClientDto> {
    const client = await this.clients.register(name, scopes, actorOf(viewer));
    return { ...client, scopes: client.scopes as Scope[], created: client.created.toISOString() };
  }

  @Patch(':id')
  @RequirePermission('manage-clients')
  @Operation({
    id: 'clientsUpdate',
    summary: 'Change a client',
    exampleBody: { enabled: true },
    answers: ClientDto,
    refuses: [clientNotFound],
  })
  async update(
    @CurrentViewer() viewer: Viewer,
    @ClientId() id: number,
    @ValidBody() changes: ClientChanges,
  ): Promise<ClientDto> {
    const client = await this.clients.update(id, changes, actorOf(viewer));
    const { name, enabled, scopes, created } = client;
    return { id, name, enabled, scopes: scopes as Scope[], created: created.toISOString() };
  }

  @Post(':id/rotate-key')
  @RequirePermission('manage-clients')
  @Operation({
    id: 'clientsRotateKey',
    summary: 'Give a client a new key',
    description:
      'The former key works until the overlap is over. A client has two keys at most: another rotation within the overlap ends the older one at once.',
    answers: RotatedKeyDto,
    destroys: true,
    refuses: [clientNotFound],
  })
  async rotateKey(
    @CurrentViewer() viewer: Viewer,
    @ClientId() id: number,
    @ValidBody() { overlap_hours = 24 }: KeyRotation,
  ): Promise<RotatedKeyDto> {
    const { key, formerUntil } = await this.clients.rotateKey(id, overlap_hours, actorOf(viewer));
    return { id, key, former_key_valid_until: formerUntil.toISOString() };
  }

  @Delete(':id')
  @RequirePermission('manage-clients')
  @Operation({
    id: 'clientsDelete',
    summary: 'Delete a client that nothing names',
    status: 204,
    refuses: [clientNotFound, clientInUse],
  })
  async delete(@CurrentViewer() viewer: Viewer, @ClientId() id: number): Promise<void> {
    await this.clients.delete(id, actorOf(viewer));
  }
}
