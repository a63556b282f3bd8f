import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';

/** The GET routes that also answer HEAD; everywhere else HEAD is an unknown method, since a GET may change something. */
const WITH_HEAD = /^\/(health\/|images\/|user\/avatar\/|(docs|openapi\.json|dashboard)\/?$)/;

/** Answers HEAD as GET without a body on the routes of pictures, health and documents. Register it before the routes. */
export function answerHead(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (route.method !== 'GET' || !WITH_HEAD.test(route.url)) return;
    fastify.route({
      ...route,
      method: 'HEAD',
      onSend: (_request, reply, payload, next) => {
        if (isStream(payload)) payload.destroy();
        else if (!reply.hasHeader('content-length') && payload !== undefined && payload !== null)
          reply.header('content-length', Buffer.byteLength(payload as string | Buffer));
        next(null, null);
      },
    });
  });
}

function isStream(payload: unknown): payload is Readable {
  return typeof (payload as Readable | null | undefined)?.pipe === 'function';
}
