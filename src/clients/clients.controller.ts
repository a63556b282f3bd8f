import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { actorOf } from '../audit/audit-log.js';
import { CurrentViewer, RequirePermission, type Viewer } from '../access/access.js';
import { ApiRoute } from '../openapi/api-route.js';
import { PageQuery } from '../http/page.dto.js';
import { pagePosition } from '../http/page.js';
import {
  UpdateClientDto,
  ClientDto,
  ClientPageDto,
  RotateClientKeyDto,
  CreatedClientDto,
  CreateClientDto,
  RotatedKeyDto,
  type Scope,
} from './clients.dto.js';
import { clientInUse, clientNotFound } from './clients.errors.js';
import { ClientsService } from './clients.service.js';
import { ClientId } from './path-parameters.js';
import { ValidBody, ValidQuery } from '../http/input.js';

@ApiTags('Clients')
@Controller('admin/clients')
export class ClientsController {
  constructor(private readonly clients: ClientsService) {}

  @Get()
  @RequirePermission('manage-clients')
  @ApiRoute({ id: 'clientsList', summary: 'List the registered clients', response: ClientPageDto })
  async list(@ValidQuery() query: PageQuery): Promise<ClientPageDto> {
    const { total, rows } = await this.clients.list(query.limit, query.offset);
    const clients = rows.map(({ id, name, url, enabled, scopes, created }) => ({
      id,
      name,
      url,
      enabled,
      scopes: scopes as Scope[],
      created,
    }));
    return { clients, ...pagePosition(query, rows.length, total) };
  }

  @Post()
  @RequirePermission('manage-clients')
  @ApiRoute({
    id: 'clientsCreate',
    summary: 'Register a client',
    description: 'No later response contains the key.',
    status: 201,
    response: CreatedClientDto,
  })
  async create(
    @CurrentViewer() viewer: Viewer,
    @ValidBody() { name, url = null, scopes = [] }: CreateClientDto,
  ): Promise<CreatedClientDto> {
    const client = await this.clients.register(name, scopes, actorOf(viewer), url);
    return { ...client, scopes: client.scopes as Scope[], created: client.created.toISOString() };
  }

  @Patch(':id')
  @RequirePermission('manage-clients')
  @ApiRoute({
    id: 'clientsUpdate',
    summary: 'Change a client',
    exampleBody: { enabled: true },
    response: ClientDto,
    errors: [clientNotFound],
  })
  async update(
    @CurrentViewer() viewer: Viewer,
    @ClientId() id: number,
    @ValidBody() changes: UpdateClientDto,
  ): Promise<ClientDto> {
    const client = await this.clients.update(id, changes, actorOf(viewer));
    const { name, url = null, enabled, scopes, created } = client;
    return { id, name, url, enabled, scopes: scopes as Scope[], created: created.toISOString() };
  }

  @Post(':id/rotate-key')
  @RequirePermission('manage-clients')
  @ApiRoute({
    id: 'clientsRotateKey',
    summary: 'Give a client a new key',
    description:
      'The former key works until the end of the overlap. A client has at most two keys: another rotation within the overlap ends the older one immediately.',
    response: RotatedKeyDto,
    destroys: true,
    errors: [clientNotFound],
  })
  async rotateKey(
    @CurrentViewer() viewer: Viewer,
    @ClientId() id: number,
    @ValidBody() { overlap_hours = 24 }: RotateClientKeyDto,
  ): Promise<RotatedKeyDto> {
    const { key, formerUntil } = await this.clients.rotateKey(id, overlap_hours, actorOf(viewer));
    return { id, key, former_key_valid_until: formerUntil.toISOString() };
  }

  @Delete(':id')
  @RequirePermission('manage-clients')
  @ApiRoute({
    id: 'clientsDelete',
    summary: 'Delete a client that no data refers to',
    status: 204,
    errors: [clientNotFound, clientInUse],
  })
  async delete(@CurrentViewer() viewer: Viewer, @ClientId() id: number): Promise<void> {
    await this.clients.delete(id, actorOf(viewer));
  }
}
