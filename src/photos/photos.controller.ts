import { Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, SignedIn, type Viewer } from '../access/access.js';
import { forbidden, userNotFound } from '../http/app-error.js';
import { ApiRoute } from '../openapi/api-route.js';
import { PageQuery } from '../http/page.dto.js';
import { pagePosition } from '../http/page.js';
import { TakesImage, UploadedImage, type UploadReader } from '../images/upload.js';
import { ImageUrls } from '../images/image-urls.js';
import { invalidImage, noFileUploads } from '../images/images.errors.js';
import { PhotoDto, PhotoPageDto } from './photos.dto.js';
import { photoLimitReached, photoNotFound } from './photos.errors.js';
import { presentPhoto } from './photos.presenter.js';
import { PhotosService } from './photos.service.js';
import { UserId } from '../accounts/path-parameters.js';
import { PhotoId } from './path-parameters.js';
import { ValidQuery } from '../http/input.js';

@ApiTags('Photos')
@Controller('v1')
export class PhotosController {
  constructor(
    private readonly photos: PhotosService,
    private readonly urls: ImageUrls,
  ) {}

  @Post('users/:id/photos')
  @SignedIn({ scope: 'write-images' })
  @TakesImage({ required: true, client: true })
  @ApiRoute({
    id: 'photosCreate',
    summary: 'Upload a photo to your library',
    description: 'At most 200 photos a user.',
    status: 201,
    response: PhotoDto,
    errors: [forbidden, photoLimitReached, invalidImage, noFileUploads],
  })
  async create(
    @CurrentViewer() viewer: Viewer,
    @UserId() id: string,
    @UploadedImage(['client']) read: UploadReader,
  ): Promise<PhotoDto> {
    return presentPhoto(await this.photos.add(viewer, id, read), this.urls);
  }

  @Get('users/:id/photos')
  @SignedIn({ scope: 'read' })
  @ApiRoute({
    id: 'photosList',
    summary: 'List your photos, or as an administrator those of any user',
    response: PhotoPageDto,
    errors: [forbidden, userNotFound],
  })
  async list(
    @CurrentViewer() viewer: Viewer,
    @UserId() id: string,
    @ValidQuery() query: PageQuery,
  ): Promise<PhotoPageDto> {
    const { total, rows } = await this.photos.list(viewer, id, query.limit, query.offset);
    return {
      photos: rows.map((row) => presentPhoto(row, this.urls)),
      ...pagePosition(query, rows.length, total),
    };
  }

  @Delete('photos/:id')
  @SignedIn({ scope: 'write-images' })
  @ApiRoute({
    id: 'photosDelete',
    summary: 'Delete your photo, or as an administrator that of any user',
    status: 204,
    errors: [forbidden, photoNotFound, noFileUploads],
  })
  async delete(@CurrentViewer() viewer: Viewer, @PhotoId() id: number): Promise<void> {
    await this.photos.delete(viewer, id);
  }
}
