import type { ImageUrls } from '../images/image-urls.js';
import { keyOf, thumbnailKeyOf } from './photo-files.js';
import type { PhotoRow } from './photo.repository.js';
import type { PhotoDto } from './photos.dto.js';

export function presentPhoto(row: PhotoRow, urls: ImageUrls): PhotoDto {
  return {
    id: row.id,
    user_id: row.user_id,
    client: row.client_id,
    name: row.name,
    url: urls.of(keyOf(row.token, row.format)),
    thumbnail_url: urls.of(thumbnailKeyOf(row.token)),
    width: row.width,
    height: row.height,
    size: row.size,
    uploaded: row.uploaded,
  };
}
