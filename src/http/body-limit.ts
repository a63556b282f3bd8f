import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';

/** Lets a route's body have more bytes than others: `applyBodyLimits` hands it to Fastify. */
export function BodyLimit(bytes: number): MethodDecorator {
  return RouteConfig({ bodyBytes: bytes }) as MethodDecorator;
}

export function applyBodyLimits(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    const { bodyBytes } = (route.config ?? {}) as { bodyBytes?: number };
    if (bodyBytes !== undefined) route.bodyLimit = bodyBytes;
  });
}
