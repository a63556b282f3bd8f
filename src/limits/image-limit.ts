import { type CanActivate, type ExecutionContext, Injectable, UseGuards } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RateLimits } from './rate-limits.js';

/** Counts the image uploads of a user against the limit `images`. */
@Injectable()
export class ImageLimit implements CanActivate {
  constructor(private readonly limits: RateLimits) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { viewer } = context.switchToHttp().getRequest<FastifyRequest>();
    if (viewer) await this.limits.spend('images', viewer.userId);
    return true;
  }
}

/** Applies the limit of image uploads to a handler. */
export const LimitImageUploads = () => UseGuards(ImageLimit);
