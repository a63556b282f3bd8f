import { Controller, Get } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import { forbidden } from '../http/app-error.js';
import type { EnvelopeBody } from '../http/families.js';
import { UNUSED_ID, UNUSED_USER_ID } from '../http/ids.js';
import { ApiRoute } from '../openapi/api-route.js';
import { noFileUploads } from '../images/images.errors.js';
import { type CallingClient, CurrentClient, RequireClientKey } from './delete-user-photo.guard.js';
import { type PhotoOfUser, RequestedPhoto } from './delete-user-photo.query.js';
import { EnvelopeDto } from './photos.dto.js';
import {
  invalidClientKey,
  invalidUserId,
  invalidWebsiteId,
  malformedPhotoId,
  missingWebsiteId,
  unknownPhotoId,
} from './photos.errors.js';
import { PhotosService } from './photos.service.js';

const DELETED: EnvelopeBody = {
  Response: 'Success',
  Message: 'The Image has been successfully deleted.',
  Data: null,
  ErrorCode: '',
};

/** Family D: a GET that deletes, called by servers of clients. */
@ApiTags('Photo moderation')
@Controller('api/4/UploadImage')
export class DeleteUserPhotoController {
  constructor(private readonly photos: PhotosService) {}

  @Get('DeleteUserPhoto')
  @RequireClientKey()
  @ApiQuery({
    name: 'userId',
    required: true,
    description:
      'Id of the user who uploaded the photo. The example names no user, so that trying it out deletes nothing.',
    schema: { type: 'string', example: UNUSED_USER_ID },
  })
  @ApiQuery({
    name: 'photoId',
    required: true,
    description: 'Id of the photo to delete, in digits. The example names no photo.',
    schema: { type: 'string', example: String(UNUSED_ID) },
  })
  @ApiRoute({
    id: 'deleteUserPhoto',
    summary: 'Delete a photo that was uploaded under your website',
    description: 'A GET that deletes: it is never cached, and HEAD does not run it.',
    response: EnvelopeDto,
    errors: [
      missingWebsiteId,
      invalidWebsiteId,
      invalidClientKey,
      forbidden,
      invalidUserId,
      malformedPhotoId,
      unknownPhotoId,
      noFileUploads,
    ],
  })
  async delete(
    @CurrentClient() client: CallingClient,
    @RequestedPhoto() { userId, photoId }: PhotoOfUser,
  ): Promise<EnvelopeBody> {
    await this.photos.deleteAsClient(client, userId, photoId);
    return DELETED;
  }
}
