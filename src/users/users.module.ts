import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { ImagesModule } from '../images/images.module.js';
import { AccountDeletion } from './account-deletion.js';
import { UserRepository } from './user.repository.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [AuditModule, ImagesModule],
  controllers: [UsersController],
  providers: [UsersService, UserRepository, AccountDeletion],
  exports: [UsersService, AccountDeletion],
})
export class UsersModule {}
