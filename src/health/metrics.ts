import type { FastifyInstance } from 'fastify';
import { Histogram } from 'prom-client';
import { registry } from '../metrics.js';

const seconds = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time from request to answer, by route and status',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  registers: [registry],
});

/** Measures the duration of each request. The label is the route's pattern, which bounds the number of time series. */
export function measureAnswers(fastify: FastifyInstance): void {
  fastify.addHook('onResponse', (request, reply, next) => {
    const route = request.routeOptions.url ?? 'unknown';
    seconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    next();
  });
}
