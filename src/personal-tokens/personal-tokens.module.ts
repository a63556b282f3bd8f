import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { UsersModule } from '../users/users.module.js';
import { PersonalTokensController } from './personal-tokens.controller.js';
import { PersonalTokensService } from './personal-tokens.service.js';

@Module({
  imports: [AuditModule, UsersModule],
  controllers: [PersonalTokensController],
  providers: [PersonalTokensService],
})
export class PersonalTokensModule {}
