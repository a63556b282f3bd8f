import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { RoleSchema } from '../accounts/role.entity.js';
import { AuditModule } from '../audit/audit.module.js';
import { ImagesModule } from '../images/images.module.js';
import { UsersModule } from '../users/users.module.js';
import { AdminUserRepository } from './users/admin-user.repository.js';
import { AdminUsersController } from './users/admin-users.controller.js';
import { AdminUsersService } from './users/admin-users.service.js';
import { RoleChangeLock } from './roles/role-change-lock.js';
import { RoleRepository } from './roles/role.repository.js';
import { RolesController } from './roles/roles.controller.js';
import { RolesService } from './roles/roles.service.js';
import { StatisticsController } from './statistics/statistics.controller.js';
import { StatisticsRepository } from './statistics/statistics.repository.js';

/**
 * Administration of accounts and roles, and statistics. The audit log, clients and imports are features of their own.
 */
@Module({
  imports: [MikroOrmModule.forFeature([RoleSchema]), AuditModule, ImagesModule, UsersModule],
  controllers: [AdminUsersController, RolesController, StatisticsController],
  providers: [
    AdminUsersService,
    AdminUserRepository,
    RolesService,
    RoleChangeLock,
    RoleRepository,
    StatisticsRepository,
  ],
})
export class AdminModule {}
