import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  mixin,
  type Type,
  UseGuards,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type LimitName, RateLimits } from './rate-limits.js';

function guardOf(limit: LimitName): Type<CanActivate> {
  @Injectable()
  class UserLimit implements CanActivate {
    constructor(private readonly limits: RateLimits) {}

    async canActivate(context: ExecutionContext): Promise<boolean> {
      const { viewer } = context.switchToHttp().getRequest<FastifyRequest>();
      if (viewer) await this.limits.spend(limit, viewer.userId);
      return true;
    }
  }
  return mixin(UserLimit);
}

/** Counts the requests of each user to a handler against a limit. */
export const LimitUser = (limit: LimitName) => UseGuards(guardOf(limit));
