import { applyDecorators } from '@nestjs/common';
import { ApiProperty, PickType } from '@nestjs/swagger';
import { IsBoolean, IsEmail, IsString, Matches, Max, Min } from 'class-validator';
import { PERMISSIONS } from '../accounts/permissions.js';
import { hasEmptyCharacters } from '../http/typed-text.js';
import {
  BlankIsNull,
  Characters,
  Integer,
  Nullable,
  Optional,
  QueryInteger,
  Required,
  isBlank,
  rule,
  SaysSomething,
  Trimmed,
} from '../http/validation.js';

/** Bytes that a password may have at most: longer ones are refused before they are hashed. */
const MAX_PASSWORD_BYTES = 512;

export function FewBytes(): PropertyDecorator {
  return rule('fewBytes', `must have at most ${MAX_PASSWORD_BYTES} bytes`, (value) => {
    return typeof value === 'string' && Buffer.byteLength(value) <= MAX_PASSWORD_BYTES;
  });
}

function Link(): PropertyDecorator {
  return applyDecorators(
    BlankIsNull(),
    Nullable(),
    IsString(),
    rule('link', 'must be a URL that starts with http:// or https://', isLink),
    Characters(0, 100),
    ApiProperty({ format: 'uri' }),
  );
}

/** Any host serves: also names with underscores, names without a dot and IPv6 addresses. */
function isLink(value: unknown): boolean {
  if (typeof value !== 'string' || !/^https?:\/\/[^\s<>/?#\\][^\s<>\\]*$/i.test(value)) return false;
  if (!URL.canParse(value)) return false;
  const labels = new URL(value).hostname.replace(/\.$/, '').split('.');
  return labels.every((label) => label !== '');
}

function isVisible(value: unknown): boolean {
  return typeof value === 'string' && !hasEmptyCharacters(value);
}

/** What a new account needs. */
export class Registration {
  /**
   * Unique without regard to case; letters, digits and `_ . -`.
   * @example "haruka"
   */
  @Required()
  @Trimmed()
  @IsString()
  @Characters(3, 20)
  @Matches(/^[A-Za-z0-9_.-]+$/)
  username: string;

  /**
   * Never answered in any form.
   * @example "correct horse battery"
   */
  @Required()
  @IsString()
  @Characters(8, 128)
  @FewBytes()
  password: string;

  /**
   * Unique without regard to case; signs in as well as the username.
   * @example "haruka@example.com"
   */
  @Trimmed()
  @BlankIsNull()
  @Nullable()
  @IsEmail()
  @rule('visible', 'must not contain white space or invisible characters', isVisible)
  @Characters(0, 50)
  email?: string | null;

  /** @example "Haruka" */
  @BlankIsNull()
  @Nullable()
  @IsString()
  @Characters(0, 20)
  first_name?: string | null;

  /** @example "Sato" */
  @BlankIsNull()
  @Nullable()
  @IsString()
  @Characters(0, 20)
  last_name?: string | null;
}

/** What a user may change about themself. Only the given fields change; null or blank clears an optional text. */
@SaysSomething()
export class ProfileChanges extends PickType(Registration, ['email', 'first_name', 'last_name']) {
  /**
   * Unique without regard to case; letters, digits and `_ . -`.
   * @example "haruka"
   */
  @Optional()
  @Trimmed()
  @IsString()
  @Characters(3, 20)
  @Matches(/^[A-Za-z0-9_.-]+$/)
  username?: string;

  /**
   * A new password ends every other session.
   * @example "correct horse battery"
   */
  @Optional()
  @rule('notBlank', 'must not be blank', (value) => !isBlank(value))
  @IsString()
  @Characters(8, 128)
  @FewBytes()
  password?: string;

  /** @example "https://example.com/haruka" */
  @Link()
  website?: string | null;

  /** @example "https://facebook.com/haruka" */
  @Link()
  facebook?: string | null;

  /** @example "https://instagram.com/haruka" */
  @Link()
  instagram?: string | null;

  /** @example "https://linkedin.com/in/haruka" */
  @Link()
  linkedin?: string | null;

  /** @example "https://x.com/haruka" */
  @Link()
  x?: string | null;

  /** @example "https://youtube.com/@haruka" */
  @Link()
  youtube?: string | null;
}

/** A user, as the user and administrators see it. */
export class UserDto {
  /**
   * An ObjectId; ids sort by creation time.
   * @example "6740a1b2c3d4e5f601234567"
   */
  @Matches(/^[0-9a-f]{24}$/)
  id: string;

  /** @example "haruka" */
  username: string;

  /** @example "haruka@example.com" */
  email: string | null;

  /** @example "Haruka" */
  first_name: string | null;

  /** @example "Sato" */
  last_name: string | null;

  /** @example "https://example.com/haruka" */
  website: string | null;

  /** @example null */
  facebook: string | null;

  /** @example null */
  instagram: string | null;

  /** @example null */
  linkedin: string | null;

  /** @example null */
  x: string | null;

  /** @example null */
  youtube: string | null;

  /**
   * The username in lower case: the address of the public profile.
   * @example "haruka"
   */
  slug: string;

  /**
   * URL of the profile image at 180x180, or null without one.
   * @example null
   */
  profile_image: string | null;

  /**
   * When the account was created.
   * @example "2026-01-31T12:00:00.000Z"
   */
  registered: string;

  /** Whether an administrator has verified the age; frontends act on it, the server filters nothing by it. */
  @IsBoolean()
  age_verified: boolean;

  /**
   * Names of the roles.
   * @example ["user"]
   */
  roles: string[];

  /** What the roles allow together. */
  @ApiProperty({ enum: PERMISSIONS, enumName: 'Permission', isArray: true, example: ['rate-series'] })
  permissions: string[];
}

export class UsersQuery {
  /** Most users to answer. */
  @QueryInteger(20)
  @Integer()
  @Min(1)
  @Max(50)
  @ApiProperty({ required: false })
  limit: number = 20;

  /** How many users to skip. */
  @QueryInteger(0)
  @Integer()
  @Min(0)
  @ApiProperty({ required: false })
  offset: number = 0;
}

export class UserPageDto {
  /** @example 20 */
  @Integer()
  limit: number;

  /** @example 0 */
  @Integer()
  offset: number;

  /**
   * Number of users.
   * @example 1
   */
  @Integer()
  total: number;

  /** By id, oldest account first. */
  users: UserDto[];
}
