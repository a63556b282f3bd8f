import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { parseId, UNUSED_ID, UNUSED_USER_ID, USER_ID_PATTERN } from '../http/ids.js';
import { handlerOf } from '../http/input.js';
import { invalidUserId, malformedPhotoId } from './photos.errors.js';

/** The photo that a client's server wants to delete. */
export interface PhotoOfUser {
  readonly userId: string;
  readonly photoId: number;
}

const USER_ID = ApiQuery({
  name: 'userId',
  required: true,
  description:
    'Id of the user who uploaded the photo. The example names no user, so that trying it out deletes nothing.',
  schema: { type: 'string', example: UNUSED_USER_ID },
});
const PHOTO_ID = ApiQuery({
  name: 'photoId',
  required: true,
  description: 'Id of the photo to delete, in digits. The example names no photo.',
  schema: { type: 'string', example: String(UNUSED_ID) },
});

/** Injects the query of family D, and documents it. */
export function RequestedPhoto(): ParameterDecorator {
  return (target, key, index) => {
    const { descriptor } = handlerOf(target, key);
    // Decorators are applied from the last to the first.
    for (const describe of [PHOTO_ID, USER_ID]) describe(target, key as string, descriptor);
    ParsedQuery()(target, key, index);
  };
}

/**
 * Parses the query of family D. The contract prescribes its errors and their order. @throws invalidUserId,
 * malformedPhotoId
 */
const ParsedQuery = createParamDecorator((_: unknown, context: ExecutionContext): PhotoOfUser => {
  const { query } = context
    .switchToHttp()
    .getRequest<FastifyRequest<{ Querystring: Record<string, unknown> }>>();
  const { userId, photoId } = query;
  if (typeof userId !== 'string' || !USER_ID_PATTERN.test(userId)) throw invalidUserId();
  const id = typeof photoId === 'string' ? parseId(photoId) : null;
  if (id === null) throw malformedPhotoId();
  return { userId, photoId: id };
});
