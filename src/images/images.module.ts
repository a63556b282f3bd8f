import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { Config } from '../config.js';
import { createImageStore } from './create-image-store.js';
import { FileRemoval } from './file-removal.js';
import { FileSweeper } from './file-sweeper.js';
import { ImageUploads } from './image-uploads.js';
import { ImageUrls } from './image-urls.js';
import { ImagesController } from './images.controller.js';
import { ImagePipeline } from './pipeline.js';
import { RemovedFilesSchema } from './removed-files.entity.js';
import { RemovedFilesRepository } from './removed-files.repository.js';
import { ImageStore } from './image-store.js';

@Module({
  imports: [MikroOrmModule.forFeature([RemovedFilesSchema])],
  controllers: [ImagesController],
  providers: [
    ImagePipeline,
    { provide: ImageStore, useFactory: createImageStore, inject: [Config] },
    RemovedFilesRepository,
    FileRemoval,
    FileSweeper,
    ImageUploads,
    ImageUrls,
  ],
  exports: [ImagePipeline, ImageStore, FileRemoval, FileSweeper, ImageUploads, ImageUrls],
})
export class ImagesModule {}
