import { finished } from 'node:stream';
import { applyDecorators } from '@nestjs/common';
import { ApiConsumes } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { serviceUnavailable } from '../http/app-error.js';
import { RouteOption } from '../http/route-option.js';

/** Bytes from which a body is a large one. */
const LARGE = 1024 * 1024;
/** Requests with large bodies that are in memory at once. */
const LARGE_AT_ONCE = 48;
/** Seconds after which a refused request may be retried. */
const RETRY_AFTER = 5;

/** Of the whole process: what is bounded is its memory. */
let held = 0;

/** Lets a route's body have more bytes than others: `applyBodyLimits` hands it to Fastify. */
export function BodyLimit(bytes: number): MethodDecorator {
  return RouteOption({ bodyBytes: bytes });
}

/** A handler that reads its body itself, as a stream of bytes of one of the types; `parseBodies` hands it over. */
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
    // JSON is counted here; multipart and streams are counted when the handler reads them.
    if (bodyBytes !== undefined && bodyBytes >= LARGE && !multipart && !streamed) holdLargeBody(reply);
  });
}

/** Counts a body that is about to be read, until its answer has gone out. @throws serviceUnavailable beyond the bound */
export function holdLargeBody({ raw }: FastifyReply): void {
  if (held >= LARGE_AT_ONCE) throw serviceUnavailable({ retryAfter: RETRY_AFTER });
  held++;
  finished(raw, () => held--);
}
