import { Injectable } from '@nestjs/common';
import type { Viewer } from '../../access/access.js';
import { actorOf } from '../../audit/audit-log.js';
import { AvatarsService } from '../../avatars/avatars.service.js';
import { unknownClient } from '../../clients/clients.errors.js';
import { PhotosService } from '../../photos/photos.service.js';
import { type ImagePageRows, ImageRepository, type ImageSelection } from './image.repository.js';
import type { ImageKind } from './images.dto.js';

/** Moderation of the pictures of all users. */
@Injectable()
export class ImagesService {
  constructor(
    private readonly images: ImageRepository,
    private readonly avatars: AvatarsService,
    private readonly photos: PhotosService,
  ) {}

  /** Newest first. @throws unknownClient */
  async page(selection: ImageSelection): Promise<ImagePageRows> {
    const page = await this.images.page(selection);
    if (!page.clientKnown) throw unknownClient();
    return page;
  }

  /** Deletes a picture, with an audit entry. @throws avatarNotFound, photoNotFound, noFileUploads */
  async delete(viewer: Viewer, kind: ImageKind, id: number): Promise<void> {
    const pictures = kind === 'avatar' ? this.avatars : this.photos;
    await pictures.deleteAsModerator(actorOf(viewer), id);
  }
}
