import { Controller, Delete, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { actorOf } from '../audit/audit-log.js';
import { CurrentViewer, RequirePermission, SignedIn, type Viewer } from '../access/access.js';
import { forbidden, userNotFound } from '../http/app-error.js';
import { success } from '../http/families.js';
import { ApiRoute } from '../openapi/api-route.js';
import { imageFromBase64, TakesBase64Image } from '../images/base64.js';
import { imageFormat } from '../images/image-format.js';
import { invalidImage, noFileUploads } from '../images/images.errors.js';
import { ImageUrls } from '../images/image-urls.js';
import { AvatarAnswerDto, UpdateProfileImageDto } from './avatars.dto.js';
import { presentAvatar } from './avatars.presenter.js';
import { AvatarsService } from './avatars.service.js';
import { UserId } from '../accounts/path-parameters.js';
import { ValidBody } from '../http/input.js';

const UPDATED = 'Profile image updated successfully';
const DELETED = 'Profile image deleted successfully';

/** Family A: the same avatars, as base64 in JSON. */
@ApiTags('Avatars')
@Controller()
export class ProfileImagesController {
  constructor(
    private readonly avatars: AvatarsService,
    private readonly urls: ImageUrls,
  ) {}

  @Post('user/update-image/:id')
  @SignedIn({ scope: 'write-images' })
  @TakesBase64Image()
  @ApiRoute({
    id: 'profileImageUpdate',
    summary: 'Create or replace your profile image',
    message: UPDATED,
    response: AvatarAnswerDto,
    errors: [forbidden, invalidImage, noFileUploads],
  })
  async update(
    @CurrentViewer() viewer: Viewer,
    @UserId({ mayBeBlank: true }) id: string,
    @ValidBody() { image }: UpdateProfileImageDto,
  ): Promise<AvatarAnswerDto> {
    const avatar = await this.avatars.replaceOwn(viewer, id, () => decode(image));
    return { ...success(UPDATED), avatar: presentAvatar(avatar, this.urls) };
  }

  @Delete('user/delete-image/:id')
  @SignedIn({ scope: 'write-images' })
  @ApiRoute({
    id: 'profileImageDelete',
    summary: 'Delete your profile image, or as an administrator that of any user',
    description: 'A user without an image is answered with 500, as existing frontends expect.',
    message: DELETED,
    response: AvatarAnswerDto,
    errors: [forbidden, noFileUploads],
  })
  async delete(
    @CurrentViewer() viewer: Viewer,
    @UserId({ mayBeBlank: true }) id: string,
  ): Promise<AvatarAnswerDto> {
    await this.avatars.deleteOfUser(viewer, id);
    return { ...success(DELETED), avatar: null };
  }

  @Post('admin/user/update-image/:id')
  @RequirePermission('edit-users')
  @TakesBase64Image()
  @ApiRoute({
    id: 'adminProfileImageUpdate',
    summary: 'Create or replace a user’s profile image',
    message: UPDATED,
    response: AvatarAnswerDto,
    errors: [userNotFound, invalidImage, noFileUploads],
  })
  async updateAny(
    @CurrentViewer() viewer: Viewer,
    @UserId({ mayBeBlank: true }) id: string,
    @ValidBody() { image }: UpdateProfileImageDto,
  ): Promise<AvatarAnswerDto> {
    const avatar = await this.avatars.replaceAny(actorOf(viewer), id, () => decode(image));
    return { ...success(UPDATED), avatar: presentAvatar(avatar, this.urls) };
  }

  @Delete('admin/user/delete-image/:id')
  @RequirePermission('edit-users')
  @ApiRoute({
    id: 'adminProfileImageDelete',
    summary: 'Delete a user’s profile image',
    description: 'A user without an image is answered with 500, as existing frontends expect.',
    message: DELETED,
    response: AvatarAnswerDto,
    errors: [userNotFound, noFileUploads],
  })
  async deleteAny(
    @CurrentViewer() viewer: Viewer,
    @UserId({ mayBeBlank: true }) id: string,
  ): Promise<AvatarAnswerDto> {
    await this.avatars.deleteAsAdministrator(actorOf(viewer), id);
    return { ...success(DELETED), avatar: null };
  }
}

/** A picture in base64 has no file name, so its format determines the name. */
function decode(image: string) {
  const bytes = imageFromBase64(image);
  return { bytes, name: `image.${imageFormat(bytes) ?? 'bin'}` };
}
