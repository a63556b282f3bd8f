import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { ImagesModule } from '../images/images.module.js';
import { UsersModule } from '../users/users.module.js';
import { AvatarSchema } from '../accounts/avatar.entity.js';
import { AvatarRepository } from './avatar.repository.js';
import { AvatarsController } from './avatars.controller.js';
import { AvatarsService } from './avatars.service.js';
import { DefaultAvatarsController } from './default-avatars.controller.js';
import { ProfileImagesController } from './profile-images.controller.js';

@Module({
  imports: [MikroOrmModule.forFeature([AvatarSchema]), ImagesModule, UsersModule, AuditModule],
  controllers: [AvatarsController, ProfileImagesController, DefaultAvatarsController],
  providers: [AvatarsService, AvatarRepository],
  exports: [AvatarsService],
})
export class AvatarsModule {}
