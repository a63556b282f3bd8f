import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { OptionalAuth, CurrentViewer, SignedIn, type Viewer } from '../access/access.js';
import { forbidden, userNotFound } from '../http/app-error.js';
import { ApiRoute } from '../openapi/api-route.js';
import { TakesImage, UploadedImage, type UploadReader } from '../images/upload.js';
import { ImageUrls } from '../images/image-urls.js';
import { invalidImage, noFileUploads } from '../images/images.errors.js';
import { AvatarDto } from './avatars.dto.js';
import { avatarExists, avatarNotFound } from './avatars.errors.js';
import { presentAvatar } from './avatars.presenter.js';
import { AvatarsService } from './avatars.service.js';
import { UserId } from '../accounts/path-parameters.js';
import { AvatarId } from './path-parameters.js';

/** Family C: avatars as multipart uploads. */
@ApiTags('Avatars')
@Controller('v1')
export class AvatarsController {
  constructor(
    private readonly avatars: AvatarsService,
    private readonly urls: ImageUrls,
  ) {}

  @Post('users/:id/avatars')
  @SignedIn({ scope: 'write-images' })
  @TakesImage({ required: true })
  @ApiRoute({
    id: 'avatarsCreate',
    summary: 'Upload your first avatar',
    status: 201,
    response: AvatarDto,
    errors: [forbidden, avatarExists, invalidImage, noFileUploads],
  })
  async create(
    @CurrentViewer() viewer: Viewer,
    @UserId() id: string,
    @UploadedImage() read: UploadReader,
  ): Promise<AvatarDto> {
    return presentAvatar(await this.avatars.create(viewer, id, read), this.urls);
  }

  @Get('users/:id/avatars')
  @OptionalAuth()
  @ApiRoute({
    id: 'avatarsGetOfUser',
    summary: 'Get a user’s avatar',
    response: AvatarDto,
    errors: [userNotFound, avatarNotFound],
  })
  async getOfUser(@UserId() id: string): Promise<AvatarDto> {
    return presentAvatar(await this.avatars.getOfUser(id), this.urls);
  }

  @Get('avatars/:id')
  @OptionalAuth()
  @ApiRoute({ id: 'avatarsGet', summary: 'Get an avatar', response: AvatarDto, errors: [avatarNotFound] })
  async get(@AvatarId() id: number): Promise<AvatarDto> {
    return presentAvatar(await this.avatars.get(id), this.urls);
  }

  @Patch('avatars/:id')
  @SignedIn({ scope: 'write-images' })
  @TakesImage({ required: false })
  @ApiRoute({
    id: 'avatarsUpdate',
    summary: 'Replace your avatar’s picture',
    description:
      'The id stays the same. A new picture changes the URLs; a form without a picture changes nothing.',
    response: AvatarDto,
    errors: [forbidden, avatarNotFound, invalidImage, noFileUploads],
  })
  async update(
    @CurrentViewer() viewer: Viewer,
    @AvatarId() id: number,
    @UploadedImage() read: UploadReader,
  ): Promise<AvatarDto> {
    return presentAvatar(await this.avatars.update(viewer, id, read), this.urls);
  }

  @Delete('avatars/:id')
  @SignedIn({ scope: 'write-images' })
  @ApiRoute({
    id: 'avatarsDelete',
    summary: 'Delete your avatar',
    status: 204,
    errors: [forbidden, avatarNotFound, noFileUploads],
  })
  async delete(@CurrentViewer() viewer: Viewer, @AvatarId() id: number): Promise<void> {
    await this.avatars.delete(viewer, id);
  }
}
