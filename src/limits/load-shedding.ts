import underPressure from '@fastify/under-pressure';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { serviceUnavailable } from '../http/app-error.js';

/** Maximum delay of the event loop in milliseconds, and its maximum utilization. */
const LIMITS = { maxEventLoopDelay: 300, maxEventLoopUtilization: 0.98 };
/** Seconds after which a refused client may retry. */
const RETRY_AFTER = 2;

/** The load of this process, measured once a second. */
@Injectable()
export class LoadMonitor {
  private measure: () => boolean = () => false;

  /** Whether the event loop exceeds its limits, so that new requests are refused. */
  isOverloaded(): boolean {
    return this.measure();
  }

  /** @param measure whether the limits are currently exceeded */
  use(measure: () => boolean): void {
    this.measure = measure;
  }
}

/**
 * Refuses requests with 503 while the event loop lags, so that the requests in progress are answered in time. Routes
 * with the option `unlimited`, such as health checks, are exempt.
 */
export async function shedLoad(fastify: FastifyInstance, monitor: LoadMonitor): Promise<void> {
  // The plugin only measures. The hook below refuses requests, so that tests can replace the measurement.
  await fastify.register(underPressure, { ...LIMITS, pressureHandler: () => undefined });
  monitor.use(() => fastify.isUnderPressure());
  fastify.addHook('onRequest', (request, _reply, next) => {
    const { unlimited } = request.routeOptions.config as { unlimited?: boolean };
    if (!unlimited && monitor.isOverloaded()) return next(serviceUnavailable({ retryAfter: RETRY_AFTER }));
    return next();
  });
}
