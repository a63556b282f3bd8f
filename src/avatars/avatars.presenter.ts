import type { ImageUrls } from '../images/image-urls.js';
import { AVATAR_SIZES, keyOf } from './avatar-files.js';
import type { AvatarRow } from './avatar.repository.js';
import type { AvatarDto } from './avatars.dto.js';

/** An avatar with the URL of each size. */
export function presentAvatar({ id, name, hash, format }: AvatarRow, urls: ImageUrls): AvatarDto {
  const versions = AVATAR_SIZES.map((size) => {
    const side = size === 'full' ? null : Number.parseInt(size, 10);
    return [size, { height: side, url: urls.of(keyOf(id, hash, size, format)), width: side }] as const;
  });
  return { id, name, value: keyOf(id, hash, 'full', format), versions: Object.fromEntries(versions) };
}
