import type { StatusCounts } from '../reading-history/reading-entry.repository.js';
import type { ProfileRow } from '../users/user.repository.js';
import type { ProfileDto } from './profiles.dto.js';

export function presentProfile(
  { username, slug, registered, profile_image }: ProfileRow,
  counts: StatusCounts,
): ProfileDto {
  return { username, slug, profile_image, registered, counts };
}
