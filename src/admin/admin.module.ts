import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { AccountLinksModule } from '../account-links/account-links.module.js';
import { RoleSchema } from '../accounts/role.entity.js';
import { AuditModule } from '../audit/audit.module.js';
import { AvatarsModule } from '../avatars/avatars.module.js';
import { ImagesModule } from '../images/images.module.js';
import { PhotosModule } from '../photos/photos.module.js';
import { TwoFactorModule } from '../two-factor/two-factor.module.js';
import { UsersModule } from '../users/users.module.js';
import { ImageRepository } from './images/image.repository.js';
import { ModeratedImagesController } from './images/images.controller.js';
import { ImagesService } from './images/images.service.js';
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
 * Administration of accounts and roles, moderation of pictures, and statistics. The audit log, clients and imports are
 * features of their own.
 */
@Module({
  imports: [
    MikroOrmModule.forFeature([RoleSchema]),
    AccountLinksModule,
    TwoFactorModule,
    AuditModule,
    AvatarsModule,
    ImagesModule,
    PhotosModule,
    UsersModule,
  ],
  controllers: [AdminUsersController, RolesController, StatisticsController, ModeratedImagesController],
  providers: [
    AdminUsersService,
    AdminUserRepository,
    RolesService,
    RoleChangeLock,
    RoleRepository,
    StatisticsRepository,
    ImagesService,
    ImageRepository,
  ],
  exports: [RolesService, RoleChangeLock],
})
export class AdminModule {}
