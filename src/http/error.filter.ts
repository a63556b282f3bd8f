import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { familyOf, renderError } from './families.js';
import { pathOf } from './logging.js';
import { toAppError } from './to-app-error.js';

/** Converts every exception to a response in the format of the path's family. */
@Injectable()
@Catch()
export class ErrorFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendError(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}

/** Sends an error. Errors of status 500 and above are logged with their stack, which is never sent. */
export function sendError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = toAppError(thrown);
  const { status } = error.definition;
  if (status >= 500) {
    const level = hasDisconnected(request) ? 'info' : status === 500 ? 'error' : 'warn';
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

/** Whether the client closed the connection before the answer, which is not an error of the service. */
function hasDisconnected({ raw }: FastifyRequest): boolean {
  return raw.socket?.destroyed || (raw.destroyed && !raw.complete);
}

/** The `WWW-Authenticate` header (RFC 6750): with an error code only if the request had an `Authorization` header. */
function challenge({ headers }: FastifyRequest): string {
  return headers.authorization === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
}
