import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { UsersModule } from '../users/users.module.js';
import { BrowserSecret } from './browser-secret.js';
import { IdentitiesController } from './identities.controller.js';
import { IdentitiesService } from './identities.service.js';
import { IdentityRepository } from './identity.repository.js';
import { Providers } from './providers.js';

@Module({
  imports: [AuditModule, UsersModule],
  controllers: [IdentitiesController],
  providers: [IdentitiesService, IdentityRepository, Providers, BrowserSecret],
})
export class IdentitiesModule {}
