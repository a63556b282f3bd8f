import {
  applyDecorators,
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  UseGuards,
} from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ClientKey } from '../access/access.js';
import type { Actor } from '../audit/audit-log.js';
import type { Scope } from '../clients/clients.dto.js';
import { ClientsService } from '../clients/clients.service.js';
import { forbidden } from '../http/app-error.js';
import { addressKey } from '../http/client-address.js';
import { parseId } from '../http/ids.js';
import { RateLimits } from '../limits/rate-limits.js';
import { invalidClientKey, invalidWebsiteId, missingWebsiteId } from './photos.errors.js';

const SCOPE: Scope = 'photos:delete';

/** A client whose server has sent a valid key with the scope of the route. */
export interface CallingClient {
  readonly id: number;
  readonly actor: Actor;
}

declare module 'fastify' {
  interface FastifyRequest {
    callingClient?: CallingClient;
  }
}

/** Checks the client key of family D. The contract prescribes the order of the checks. */
@Injectable()
export class ClientKeyGuard implements CanActivate {
  constructor(
    private readonly clients: ClientsService,
    private readonly limits: RateLimits,
  ) {}

  /** @throws tooManyRequests, missingWebsiteId, invalidWebsiteId, invalidClientKey, forbidden without the scope */
  async canActivate(context: ExecutionContext): Promise<true> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { headers, ip } = request;
    const website = single(headers['websiteid']);
    await this.limits.spend('clientKey', `${website.slice(0, 20)} ${addressKey(ip)}`);
    if (website === '') throw missingWebsiteId();
    const id = parseId(website);
    const client = id === null ? undefined : await this.clients.findEnabled(id);
    if (client === undefined) throw invalidWebsiteId();
    const key = single(headers['webapiclientkey']);
    if (key === '' || !this.clients.hasKey(client, key)) throw invalidClientKey();
    if (!client.scopes.includes(SCOPE)) throw forbidden();
    request.callingClient = { id: client.id, actor: { id: `client:${client.id}`, ip } };
    return true;
  }
}

/** Requires a client key in the headers of family D. */
export const RequireClientKey = () =>
  applyDecorators(
    ClientKey(),
    UseGuards(ClientKeyGuard),
    ApiHeader({
      name: 'webApiClientKey',
      required: true,
      description: 'Secret key of that client, with the scope `photos:delete`.',
      schema: { type: 'string', maxLength: 200, example: 'tbk_c29tZSByYW5kb20gYnl0ZXM' },
    }),
    // A string, because generated clients do not compile with an integer header.
    ApiHeader({
      name: 'websiteId',
      required: true,
      description: 'Id of the client under which the photo was uploaded, in digits.',
      schema: { type: 'string', pattern: '^[1-9][0-9]*$', maxLength: 20, example: '1' },
    }),
  );

/** The client that `ClientKeyGuard` has authenticated. */
export const CurrentClient = createParamDecorator((_: unknown, context: ExecutionContext): CallingClient => {
  const { callingClient } = context.switchToHttp().getRequest<FastifyRequest>();
  if (callingClient === undefined) throw new Error('CurrentClient needs RequireClientKey on the same route');
  return callingClient;
});

function single(header: string | string[] | undefined): string {
  return (Array.isArray(header) ? header.join(', ') : (header ?? '')).trim();
}
