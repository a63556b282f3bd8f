import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import { serviceUnavailable } from './app-error.js';

/** Milliseconds by which the event loop may lag, and the share of its time that it may be busy. */
const LIMITS = { maxEventLoopDelay: 300, maxEventLoopUtilization: 0.98 };
/** Seconds after which a refused client may come again. */
const RETRY_AFTER = 2;

/** Refuses requests at once while the node is behind with others, so that those are answered in time. */
export async function shedLoad(fastify: FastifyInstance): Promise<void> {
  await fastify.register(underPressure, {
    ...LIMITS,
    pressureHandler: (request) => {
      const { unlimited } = request.routeOptions.config as { unlimited?: boolean };
      if (!unlimited) throw serviceUnavailable({ retryAfter: RETRY_AFTER });
    },
  });
}
