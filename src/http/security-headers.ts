import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import helmet, { type HelmetOptions } from 'helmet';
import type { Config } from '../config.js';

/** `max-age` of `Strict-Transport-Security`: one year. */
const HSTS_SECONDS = 31_536_000;

/** Sends helmet's headers and the id of the request with every answer; a route may override them. */
export function secureAnswers(fastify: FastifyInstance, config: Config): void {
  const headers = securityHeaders(config);
  fastify.addHook('onRequest', (request, reply, next) => {
    reply.headers(headers);
    // By which the lines of a request are found in the log.
    reply.header('x-request-id', request.id);
    next();
  });
}

/** helmet's headers, configured for a JSON API; HSTS only over https. */
export function securityHeaders(config: Config): Record<string, string> {
  return headersOf({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    strictTransportSecurity: config.cookie.secure ? { maxAge: HSTS_SECONDS } : false,
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  });
}

/** Runs helmet once with a fake response and records the headers, which are the same for every answer. */
function headersOf(options: HelmetOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  const setHeader = (name: string, value: string) => (headers[name.toLowerCase()] = value);
  const answer = { setHeader, removeHeader: () => undefined };
  helmet(options)({} as IncomingMessage, answer as unknown as ServerResponse, (error?: unknown) => {
    if (error) throw error;
  });
  return headers;
}
