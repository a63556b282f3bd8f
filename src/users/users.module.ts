import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { Administrators } from '../accounts/administrators.js';
import { UserSchema } from '../accounts/user.entity.js';
import { AccountLinksModule } from '../account-links/account-links.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { ImagesModule } from '../images/images.module.js';
import { AccountDeletion } from './account-deletion.js';
import { CredentialReset } from './credential-reset.js';
import { UserRepository } from './user.repository.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [AccountLinksModule, MikroOrmModule.forFeature([UserSchema]), AuditModule, ImagesModule],
  controllers: [UsersController],
  providers: [UsersService, UserRepository, Administrators, AccountDeletion, CredentialReset],
  exports: [UsersService, Administrators, AccountDeletion, CredentialReset],
})
export class UsersModule {}
