import type { UserRow } from './user.repository.js';
import type { UserDto } from './users.dto.js';

/** A user, as shown to that user and to administrators. */
export function presentUser(row: UserRow): UserDto {
  return {
    id: row.id,
    username: row.username,
    email: row.email,
    email_verified: row.email_verified,
    two_factor: row.two_factor,
    first_name: row.first_name,
    last_name: row.last_name,
    website: row.website,
    facebook: row.facebook,
    instagram: row.instagram,
    linkedin: row.linkedin,
    x: row.x,
    youtube: row.youtube,
    slug: row.slug,
    profile_image: row.profile_image,
    registered: row.registered,
    age_verified: row.age_verified,
    roles: row.roles,
    permissions: row.permissions,
  };
}
