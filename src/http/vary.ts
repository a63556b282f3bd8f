import type { FastifyReply } from 'fastify';

/** Adds names of headers to `Vary`, which may already name `Origin`. */
export function addVary(reply: FastifyReply, names = 'accept-encoding'): void {
  const former = reply.getHeader('vary');
  reply.header('vary', former === undefined ? names : `${String(former)}, ${names}`);
}
