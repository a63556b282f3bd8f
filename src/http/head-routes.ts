import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';

/**
 * The GET routes that also answer HEAD. On other routes HEAD is an unknown method, because their GET may have side
 * effects.
 */
const WITH_HEAD = /^\/(health\/|images\/|user\/avatar\/|(docs|openapi\.json|dashboard)\/?$|dashboard\/\*$)/;

/** Answers HEAD like GET without a body on the routes above. Call this function before the routes are registered. */
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
