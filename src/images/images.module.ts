import { Module } from '@nestjs/common';
import { FileRemoval } from './file-removal.js';
import { FileSweeper } from './file-sweeper.js';
import { ImageUrls } from './image-urls.js';
import { ImagesController } from './images.controller.js';
import { ImagePipeline } from './pipeline.js';
import { ImageStore } from './storage.js';

@Module({
  controllers: [ImagesController],
  providers: [ImagePipeline, ImageStore, FileRemoval, FileSweeper, ImageUrls],
  exports: [ImagePipeline, ImageStore, FileRemoval, FileSweeper, ImageUrls],
})
export class ImagesModule {}
