import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { ClientsModule } from '../clients/clients.module.js';
import { ImagesModule } from '../images/images.module.js';
import { UsersModule } from '../users/users.module.js';
import { DeleteUserPhotoController } from './delete-user-photo.controller.js';
import { PhotoIdSchema, PhotoSchema } from './photo.entity.js';
import { PhotoRepository } from './photo.repository.js';
import { PhotosController } from './photos.controller.js';
import { PhotosService } from './photos.service.js';

@Module({
  imports: [
    MikroOrmModule.forFeature([PhotoSchema, PhotoIdSchema]),
    ImagesModule,
    UsersModule,
    AuditModule,
    ClientsModule,
  ],
  controllers: [PhotosController, DeleteUserPhotoController],
  providers: [PhotosService, PhotoRepository],
  exports: [PhotosService],
})
export class PhotosModule {}
