import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { RoleSchema } from '../auth/role.entity.js';
import { AuditModule } from '../audit/audit.module.js';
import { ImagesModule } from '../images/images.module.js';
import { UsersModule } from '../users/users.module.js';
import { AdminUserRepository } from './admin-user.repository.js';
import { AdminUsersController } from './admin-users.controller.js';
import { AdminUsersService } from './admin-users.service.js';
import { RoleRepository } from './role.repository.js';
import { RolesController } from './roles.controller.js';
import { RolesService } from './roles.service.js';
import { StatisticsController } from './statistics.controller.js';
import { StatisticsRepository } from './statistics.repository.js';

/** Other people's accounts, roles and statistics. The audit log, clients and imports are features of their own. */
@Module({
  imports: [MikroOrmModule.forFeature([RoleSchema]), AuditModule, ImagesModule, UsersModule],
  controllers: [AdminUsersController, RolesController, StatisticsController],
  providers: [AdminUsersService, AdminUserRepository, RolesService, RoleRepository, StatisticsRepository],
})
export class AdminModule {}
