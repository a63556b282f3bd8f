import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ClientsService } from '../clients/clients.service.js';
import { forbidden } from '../http/app-error.js';
import { parseId } from '../http/ids.js';
import { addressKey } from '../http/client-address.js';
import { RateLimits } from '../limits/rate-limits.js';
import {
  invalidClientKey,
  invalidUserId,
  invalidWebsiteId,
  malformedPhotoId,
  missingWebsiteId,
} from './photos.errors.js';
import { PhotosService } from './photos.service.js';

const SCOPE = 'photos:delete';

/** Family D's one operation, with its checks in the order of its table. */
@Injectable()
export class DeleteUserPhoto {
  constructor(
    private readonly clients: ClientsService,
    private readonly photos: PhotosService,
    private readonly limits: RateLimits,
  ) {}

  /** @throws what the table of family D lists, in its order */
  async run({ headers, query, ip }: FastifyRequest): Promise<void> {
    const website = single(headers['websiteid']);
    await this.limits.spend('clientKey', `${website.slice(0, 20)} ${addressKey(ip)}`);
    if (website === '') throw missingWebsiteId();
    const id = parseId(website);
    const client = id === null ? undefined : await this.clients.findEnabled(id);
    if (client === undefined) throw invalidWebsiteId();
    const key = single(headers['webapiclientkey']);
    if (key === '' || !this.clients.hasKey(client, key)) throw invalidClientKey();
    if (!client.scopes.includes(SCOPE)) throw forbidden();
    const { userId, photoId } = query as Record<string, unknown>;
    if (typeof userId !== 'string' || !/^[0-9a-f]{24}$/.test(userId)) throw invalidUserId();
    const photo = typeof photoId === 'string' ? parseId(photoId) : null;
    if (photo === null) throw malformedPhotoId();
    await this.photos.deleteAsClient(client.id, ip, userId, photo);
  }
}

function single(header: string | string[] | undefined): string {
  return (Array.isArray(header) ? header.join(', ') : (header ?? '')).trim();
}
