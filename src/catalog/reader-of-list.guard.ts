import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { unauthorized } from '../http/app-error.js';
import { isBlank } from '../http/validation.js';

/** Requires a signed-in reader for the filter `in_list`. A guard, since 401 precedes the errors of other parameters. */
@Injectable()
export class ReaderOfList implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { viewer, query } = context.switchToHttp().getRequest<FastifyRequest>();
    const isListed = !isBlank((query as Record<string, unknown>)['in_list']);
    if (isListed && !viewer) throw unauthorized();
    return true;
  }
}
