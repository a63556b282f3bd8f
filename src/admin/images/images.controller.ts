import { Controller, Delete, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, RequirePermission, type Viewer } from '../../access/access.js';
import { avatarNotFound } from '../../avatars/avatars.errors.js';
import { ValidQuery } from '../../http/input.js';
import { pagePosition } from '../../http/page.js';
import { ImageUrls } from '../../images/image-urls.js';
import { noFileUploads } from '../../images/images.errors.js';
import { ApiRoute } from '../../openapi/api-route.js';
import { photoNotFound } from '../../photos/photos.errors.js';
import { type ImageKind, ImagePageDto, ImageQuery } from './images.dto.js';
import { presentImage } from './images.presenter.js';
import { ImagesService } from './images.service.js';
import { ImageId, KindOfImage } from './path-parameters.js';

@ApiTags('Administration')
@Controller('admin/images')
export class ModeratedImagesController {
  constructor(
    private readonly images: ImagesService,
    private readonly urls: ImageUrls,
  ) {}

  @Get()
  @RequirePermission('moderate-images')
  @ApiRoute({
    id: 'adminImagesList',
    summary: 'List the avatars and photos of all users',
    description:
      'Newest first, both kinds together. An avatar moves to the front when its picture is replaced.',
    response: ImagePageDto,
  })
  async list(@ValidQuery() { kind, user, client, ...page }: ImageQuery): Promise<ImagePageDto> {
    const { total, rows } = await this.images.page({ kind, user, client, ...page });
    return {
      images: rows.map((row) => presentImage(row, this.urls)),
      ...pagePosition(page, rows.length, total),
    };
  }

  @Delete(':kind/:id')
  @RequirePermission('moderate-images')
  @ApiRoute({
    id: 'adminImagesDelete',
    summary: 'Delete an avatar or a photo of any user',
    description:
      'The files are deleted too. A user without an avatar has a generated picture, and may upload another one.',
    status: 204,
    errors: [avatarNotFound, photoNotFound, noFileUploads],
  })
  async delete(
    @CurrentViewer() viewer: Viewer,
    @KindOfImage() kind: ImageKind,
    @ImageId() id: number,
  ): Promise<void> {
    await this.images.delete(viewer, kind, id);
  }
}
