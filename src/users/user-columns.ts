import { sql } from 'kysely';
import type { AvatarSchema } from '../accounts/avatar.entity.js';
import { permissionsOf, rolesOf } from '../accounts/user-roles.js';
import { timestamp } from '../database/expressions.js';
import { tables } from '../database/statement.js';
import type { ImageUrls } from '../images/image-urls.js';

const USER_ID = sql.ref<string>('u.id');

const FOLDER = tables<typeof AvatarSchema>()
  .selectFrom('avatars as a')
  .select(sql`a.id || '/' || a.hash`.as('folder'))
  .where('a.user_id', '=', USER_ID);

const ROLES = rolesOf(USER_ID).select('r.name').orderBy('r.name');

const PERMISSIONS = permissionsOf(USER_ID).select('rp.permission').distinct().orderBy('rp.permission');

/** The folder of the avatar of the user `u`, relative to the folder of all avatars; null without an avatar. */
export const AVATAR = sql<string | null>`${FOLDER}`.as('avatar');

/** When the user `u` registered. */
export const REGISTERED = timestamp('u.registered').as('registered');

/** The columns of the user `u` for `UserRow`. */
export const USER_COLUMNS = [
  AVATAR,
  'u.id' as const,
  'u.username' as const,
  'u.email' as const,
  'u.email_verified' as const,
  'u.two_factor' as const,
  'u.first_name' as const,
  'u.last_name' as const,
  'u.website' as const,
  'u.facebook' as const,
  'u.instagram' as const,
  'u.linkedin' as const,
  'u.x' as const,
  'u.youtube' as const,
  'u.slug' as const,
  'u.age_verified' as const,
  REGISTERED,
  // Kysely has no expression for `array(subquery)`.
  sql<string[]>`array${ROLES}`.as('roles'),
  sql<string[]>`array${PERMISSIONS}`.as('permissions'),
] as const;

/** A row with the URL of its avatar instead of the folder. */
export function withImage<Row extends { avatar: string | null }>(
  urls: ImageUrls,
  { avatar, ...row }: Row,
): Omit<Row, 'avatar'> & { profile_image: string | null } {
  return { ...row, profile_image: avatar === null ? null : urls.of(`avatars/${avatar}/180x180.webp`) };
}
