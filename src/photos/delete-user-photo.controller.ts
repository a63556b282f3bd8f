import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { forbidden } from '../http/app-error.js';
import type { EnvelopeBody } from '../http/families.js';
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
