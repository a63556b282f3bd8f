import { Controller, Get, Req } from '@nestjs/common';
import { ApiHeader, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ClientKey } from '../access/access.js';
import { forbidden } from '../http/app-error.js';
import type { EnvelopeBody } from '../http/families.js';
import { UNUSED_ID, UNUSED_USER_ID } from '../http/ids.js';
import { Operation } from '../openapi/operation.js';
import { noFileUploads } from '../images/images.errors.js';
import { DeleteUserPhoto } from './delete-user-photo.service.js';
import { EnvelopeDto } from './photos.dto.js';
import {
  invalidClientKey,
  invalidUserId,
  invalidWebsiteId,
  malformedPhotoId,
  missingWebsiteId,
  unknownPhotoId,
} from './photos.errors.js';

const DELETED: EnvelopeBody = {
  Response: 'Success',
  Message: 'The Image has been successfully deleted.',
  Data: null,
  ErrorCode: '',
};

/** Family D: a GET that deletes, as partners' servers call it. */
@ApiTags('Photo moderation')
@Controller('api/4/UploadImage')
export class DeleteUserPhotoController {
  constructor(private readonly deletion: DeleteUserPhoto) {}

  @Get('DeleteUserPhoto')
  @ClientKey()
  // A text, as headers are: clients made from an integer do not compile.
  @ApiHeader({
    name: 'websiteId',
    required: true,
    description: 'The client’s id, in digits.',
    schema: { type: 'string', pattern: '^[1-9][0-9]*$', maxLength: 20, example: '1' },
  })
  @ApiHeader({ name: 'webApiClientKey', required: true, schema: { type: 'string' } })
  @ApiQuery({
    name: 'userId',
    required: true,
    description: 'Whose photo it is. The example names nobody, so that trying it out deletes nothing.',
    schema: { type: 'string', example: UNUSED_USER_ID },
  })
  @ApiQuery({ name: 'photoId', required: true, schema: { type: 'string', example: String(UNUSED_ID) } })
  @Operation({
    id: 'deleteUserPhoto',
    summary: 'Delete a photo that was uploaded under your website',
    description: 'A GET that deletes: it is never cached, and HEAD does not run it.',
    answers: EnvelopeDto,
    refuses: [
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
  async delete(@Req() request: FastifyRequest): Promise<EnvelopeBody> {
    await this.deletion.run(request);
    return DELETED;
  }
}
