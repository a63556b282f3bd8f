import { finished } from 'node:stream';
import { applyDecorators } from '@nestjs/common';
import { ApiConsumes } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { serviceUnavailable } from '../http/app-error.js';
import { RouteOption } from '../http/route-option.js';

/** Minimum size of a large body in bytes. */
const LARGE = 1024 * 1024;
/** Maximum number of concurrent requests with large bodies. */
const MAX_LARGE_BODIES = 48;
/** Seconds after which a refused request may be retried. */
const RETRY_AFTER = 5;

/** Number of large bodies in memory, in the whole process. */
let largeBodies = 0;

/** Sets the maximum body size of a route: see `applyBodyLimits`. */
export function BodyLimit(bytes: number): MethodDecorator {
  return RouteOption({ bodyBytes: bytes });
}

/** Passes the body to the handler as a stream, if it has one of the content types: see `parseBodies`. */
export function StreamedBody(types: readonly string[], bytes: number): MethodDecorator {
  return applyDecorators(RouteOption({ streamed: types, bodyBytes: bytes }), ApiConsumes(...types));
}

export function applyBodyLimits(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    const { bodyBytes } = (route.config ?? {}) as { bodyBytes?: number };
    if (bodyBytes !== undefined) route.bodyLimit = bodyBytes;
  });
  fastify.addHook('onRequest', async (request, reply) => {
    const { bodyBytes, multipart, streamed } = request.routeOptions.config as {
      bodyBytes?: number;
      multipart?: object;
      streamed?: object;
    };
    // JSON is counted here. Multipart bodies are counted when the handler reads them (`images/upload.ts`). Streams are
    // not counted: their handler limits them.
    if (bodyBytes !== undefined && bodyBytes >= LARGE && !multipart && !streamed) countLargeBody(reply);
  });
}

/** Counts a large body until its answer has been sent. @throws serviceUnavailable if there are too many */
export function countLargeBody({ raw }: FastifyReply): void {
  if (largeBodies >= MAX_LARGE_BODIES) throw serviceUnavailable({ retryAfter: RETRY_AFTER });
  largeBodies++;
  finished(raw, () => largeBodies--);
}
