import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { parseId, USER_ID_PATTERN } from '../http/ids.js';
import { invalidUserId, malformedPhotoId } from './photos.errors.js';

/** The photo that a client's server wants to delete. */
export interface PhotoOfUser {
  readonly userId: string;
  readonly photoId: number;
}

/**
 * Parses the query of family D. The contract prescribes its errors and their order. @throws invalidUserId,
 * malformedPhotoId
 */
export const RequestedPhoto = createParamDecorator((_: unknown, context: ExecutionContext): PhotoOfUser => {
  const { query } = context
    .switchToHttp()
    .getRequest<FastifyRequest<{ Querystring: Record<string, unknown> }>>();
  const { userId, photoId } = query;
  if (typeof userId !== 'string' || !USER_ID_PATTERN.test(userId)) throw invalidUserId();
  const id = typeof photoId === 'string' ? parseId(photoId) : null;
  if (id === null) throw malformedPhotoId();
  return { userId, photoId: id };
});
