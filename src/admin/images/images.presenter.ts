import { keyOf as keyOfAvatar } from '../../avatars/avatar-files.js';
import type { ImageUrls } from '../../images/image-urls.js';
import { keyOf as keyOfPhoto, thumbnailKeyOf } from '../../photos/photo-files.js';
import type { ImageRow } from './image.repository.js';
import type { ImageDto } from './images.dto.js';

/** The size of an avatar that lists of pictures show. */
const AVATAR_THUMBNAIL = '290x290';

export function presentImage(row: ImageRow, urls: ImageUrls): ImageDto {
  return {
    kind: row.kind,
    id: row.id,
    user: { id: row.user_id, username: row.username },
    client: row.client_id,
    ...urlsOf(row, urls),
    uploaded: row.uploaded,
  };
}

function urlsOf({ kind, id, folder, format }: ImageRow, urls: ImageUrls) {
  if (kind === 'photo') {
    return { url: urls.of(keyOfPhoto(folder, format)), thumbnail_url: urls.of(thumbnailKeyOf(folder)) };
  }
  const ofSize = (size: string) => urls.of(keyOfAvatar(id, folder, size, format));
  return { url: ofSize('full'), thumbnail_url: ofSize(AVATAR_THUMBNAIL) };
}
