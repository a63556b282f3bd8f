import { createHash } from 'node:crypto';
import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { rawBodyOf } from '../http/body-parsing.js';
import { readInput } from '../http/input.js';
import { badRequest, invalid } from '../http/problems.js';
import { IdempotentRoute } from '../openapi/route-metadata.js';
import { IdempotencyService } from './idempotency.service.js';

const HEADER = 'idempotency-key';
const KEY = /^[\x20-\x7e]{1,255}$/;

/** Runs a handler once for each `Idempotency-Key`. A request without the header is not affected. */
@Injectable()
class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly idempotency: IdempotencyService) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return request.headers[HEADER] === undefined ? next.handle() : from(this.answer(context, next));
  }

  private async answer(context: ExecutionContext, next: CallHandler): Promise<unknown> {
    const http = context.switchToHttp();
    const [request, reply] = [http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()];
    // The other parameters are validated before the key.
    const { body } = await readInput(context);
    const key = keyOf(request);
    const userId = request.viewer?.userId;
    if (userId === undefined) throw new Error('Only routes for signed-in users can be idempotent');
    const client = (body as { client?: number } | undefined)?.client ?? null;
    const { url: path, method } = request;
    const fingerprint = fingerprintOf(method, path, rawBodyOf(request));
    const answer = await this.idempotency.run({ userId, key, fingerprint, client, path }, async () => ({
      body: (await lastValueFrom(next.handle())) as unknown,
      status: reply.statusCode,
    }));
    if (answer.isReplayed) reply.header('idempotency-replayed', 'true');
    reply.status(answer.status);
    return answer.body;
  }
}

/** @throws invalidParameters */
function keyOf({ headers, raw }: FastifyRequest): string {
  const key = String(headers[HEADER]);
  const names = raw.rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === HEADER);
  if (names.length === 1 && KEY.test(key)) return key;
  throw badRequest([invalid('Idempotency-Key', 'must be one text of 1 to 255 printable ASCII characters')]);
}

/** Identifies a request; two requests with the same key must have the same one. */
function fingerprintOf(method: string, path: string, body: Buffer): string {
  return createHash('sha256').update(`${method} ${path}\n`).update(body).digest('base64url');
}

/** Takes an `Idempotency-Key`, and documents it. */
export const Idempotent = () =>
  applyDecorators(
    UseInterceptors(IdempotencyInterceptor),
    IdempotentRoute(),
    ApiHeader({
      name: 'Idempotency-Key',
      description:
        'A text of your choice that is new for each change. A request that is repeated with the same key within 24 hours gets the first answer, and changes nothing.',
      required: false,
      schema: {
        type: 'string',
        minLength: 1,
        maxLength: 255,
        example: '9b2f6c1e-5a0d-4f43-8a57-1f3c2d7e9b10',
      },
    }),
  );
