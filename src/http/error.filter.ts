import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { familyOf, renderError } from './families.js';
import { pathOf } from './logging.js';
import { toAppError } from './to-app-error.js';

/** Answers everything thrown, in the shape of the path's family. */
@Injectable()
@Catch()
export class ErrorFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendError(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}

/** Sends an error; a defect is logged with its stack, which never leaves the server. */
export function sendError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = toAppError(thrown);
  const { status } = error.definition;
  if (status >= 500) {
    const level = hasHungUp(request) ? 'info' : status === 500 ? 'error' : 'warn';
    request.log[level]({ err: error.extra.cause ?? error }, 'request failed');
  }
  if (status === 401) reply.header('www-authenticate', challenge(request));
  if (status === 431) reply.header('connection', 'close');
  if (error.extra.retryAfter !== undefined) reply.header('retry-after', String(error.extra.retryAfter));
  if (reply.sent) return;
  reply
    .status(status)
    .header('content-type', 'application/json; charset=utf-8')
    .send(JSON.stringify(renderError(familyOf(pathOf(request)), error)));
}

/** Whether the client closed the connection before its answer: no fault of the service. */
function hasHungUp({ raw }: FastifyRequest): boolean {
  return raw.socket?.destroyed || (raw.destroyed && !raw.complete);
}

/** RFC 6750: which credential is asked for, and whether the one that was sent is the reason. */
function challenge({ headers }: FastifyRequest): string {
  return headers.authorization === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
}
