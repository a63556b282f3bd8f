import { Global, Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { IdempotencyService } from './idempotency.service.js';

/** Global, because the interceptor of `@Idempotent` is created in the modules of its routes. */
@Global()
@Module({
  imports: [UsersModule],
  providers: [IdempotencyService, IdempotencyRepository],
  exports: [IdempotencyService],
})
export class IdempotencyModule {}
