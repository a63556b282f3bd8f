import { AnswerText, Timestamp } from '../http/fields.js';
import { ApiProperty, ApiSchema, IntersectionType, PickType } from '@nestjs/swagger';
import { IsBoolean, IsEmail, IsString, Matches, Max, Min } from 'class-validator';
import { PERMISSIONS } from '../accounts/permissions.js';
import { MAX_PASSWORD_BYTES } from '../access/passwords.js';
import { RecentSignInDto } from '../access/recent-sign-in.dto.js';
import { Link } from '../http/link.js';
import { hasBlankCharacters } from '../http/typed-text.js';
import {
  BlankIsNull,
  CodePointLength,
  Integer,
  MaxBytes,
  Nullable,
  Optional,
  QueryInteger,
  Required,
  isBlank,
  rule,
  AtLeastOneProperty,
  Trimmed,
} from '../http/validation.js';

/** A pattern, because the format `email` does not allow letters beyond ASCII. */
const EMAIL = '^[^@]+@[^@]+$';

function isVisible(value: unknown): boolean {
  return typeof value === 'string' && !hasBlankCharacters(value);
}

/** The data of a new account. */
export class CreateUserDto {
  /**
   * Public name of the user: letters, digits and `_ . -`. It is unique without regard to case.
   * @example "haruka"
   */
  @Required()
  @Trimmed()
  @IsString()
  @CodePointLength(3, 20)
  @Matches(/^[A-Za-z0-9_.-]+$/)
  username: string;

  /**
   * Password of at most 512 bytes in UTF-8. It is stored as a hash and never returned.
   * @example "correct horse battery"
   */
  @Required()
  @IsString()
  @CodePointLength(8, 128)
  @MaxBytes(MAX_PASSWORD_BYTES)
  password: string;

  /**
   * E-mail address, which can be used to sign in instead of the username. It is unique without regard to case.
   * @example "haruka@example.com"
   */
  @ApiProperty({ pattern: EMAIL })
  @Trimmed()
  @BlankIsNull()
  @Nullable()
  @IsEmail()
  @rule('visible', 'must not contain white space or invisible characters', isVisible)
  @CodePointLength(0, 50)
  email?: string | null;

  /**
   * Given name; absent, null or blank for none.
   * @example "Haruka"
   */
  @BlankIsNull()
  @Nullable()
  @IsString()
  @CodePointLength(0, 20)
  first_name?: string | null;

  /**
   * Family name; absent, null or blank for none.
   * @example "Sato"
   */
  @BlankIsNull()
  @Nullable()
  @IsString()
  @CodePointLength(0, 20)
  last_name?: string | null;
}

/** Changes of a user’s own account. Only the given fields change; null or blank clears an optional text. */
@AtLeastOneProperty()
@ApiSchema({ name: 'ProfileChanges' })
export class UpdateUserDto extends IntersectionType(
  PickType(CreateUserDto, ['email', 'first_name', 'last_name']),
  RecentSignInDto,
) {
  /**
   * The new username: letters, digits and `_ . -`. The slug of the profile changes with it.
   * @example "haruka"
   */
  @Optional()
  @Trimmed()
  @IsString()
  @CodePointLength(3, 20)
  @Matches(/^[A-Za-z0-9_.-]+$/)
  username?: string;

  /**
   * The new password, of at most 512 bytes in UTF-8. It ends all other sessions of the user.
   * @example "correct horse battery"
   */
  @Optional()
  @rule('notBlank', 'must not be blank', (value) => !isBlank(value))
  @IsString()
  @CodePointLength(8, 128)
  @MaxBytes(MAX_PASSWORD_BYTES)
  password?: string;

  /**
   * The user’s website: any http or https URL.
   * @example "https://example.com/haruka"
   */
  @Link(100)
  website?: string | null;

  /**
   * The user’s Facebook page.
   * @example "https://facebook.com/haruka"
   */
  @Link(100)
  facebook?: string | null;

  /**
   * The user’s Instagram account.
   * @example "https://instagram.com/haruka"
   */
  @Link(100)
  instagram?: string | null;

  /**
   * The user’s LinkedIn profile.
   * @example "https://linkedin.com/in/haruka"
   */
  @Link(100)
  linkedin?: string | null;

  /**
   * The user’s account on X.
   * @example "https://x.com/haruka"
   */
  @Link(100)
  x?: string | null;

  /**
   * The user’s YouTube channel.
   * @example "https://youtube.com/@haruka"
   */
  @Link(100)
  youtube?: string | null;
}

/** A user, as shown to that user and to administrators. */
@ApiSchema({ name: 'User' })
export class UserDto {
  /**
   * Id of the user: an ObjectId, so that ids sort by the time of registration.
   * @example "6740a1b2c3d4e5f601234567"
   */
  @Matches(/^[0-9a-f]{24}$/)
  id: string;

  /**
   * Public name of the user, in the user’s own spelling; unique without regard to case.
   * @example "haruka"
   */
  @AnswerText(20)
  username: string;

  /**
   * E-mail address, which can be used to sign in instead of the username; null without one.
   * @example "haruka@example.com"
   */
  @ApiProperty({ pattern: EMAIL, maxLength: 50 })
  email: string | null;

  /**
   * Whether the user has verified the address with a link in a message. A change of the address makes it false.
   * @example true
   */
  email_verified: boolean;

  /**
   * Given name; null when the user has not given one.
   * @example "Haruka"
   */
  @AnswerText(20)
  first_name: string | null;

  /**
   * Family name; null when the user has not given one.
   * @example "Sato"
   */
  @AnswerText(20)
  last_name: string | null;

  /**
   * URL of the user’s website, or null.
   * @example "https://example.com/haruka"
   */
  @AnswerText(100)
  website: string | null;

  /**
   * URL of the user’s Facebook page, or null.
   * @example "https://facebook.com/haruka"
   */
  @AnswerText(100)
  facebook: string | null;

  /**
   * URL of the user’s Instagram account, or null.
   * @example "https://instagram.com/haruka"
   */
  @AnswerText(100)
  instagram: string | null;

  /**
   * URL of the user’s LinkedIn profile, or null.
   * @example "https://linkedin.com/in/haruka"
   */
  @AnswerText(100)
  linkedin: string | null;

  /**
   * URL of the user’s account on X, or null.
   * @example "https://x.com/haruka"
   */
  @AnswerText(100)
  x: string | null;

  /**
   * URL of the user’s YouTube channel, or null.
   * @example "https://youtube.com/@haruka"
   */
  @AnswerText(100)
  youtube: string | null;

  /**
   * The username in lower case, as in the path of the public profile, `/profiles/{slug}`.
   * @example "haruka"
   */
  @AnswerText(20)
  slug: string;

  /**
   * URL of the user’s avatar at 180x180 pixels; null without an avatar.
   * @example "http://localhost:3000/images/avatars/7/3f2a/180x180.webp"
   */
  @ApiProperty({ format: 'uri' })
  profile_image: string | null;

  /**
   * When the account was created.
   * @example "2026-01-31T12:00:00.000Z"
   */
  @Timestamp()
  registered: string;

  /**
   * Whether an administrator has verified the user’s age. It is for frontends: the server does not filter by it.
   * @example false
   */
  @IsBoolean()
  age_verified: boolean;

  /**
   * Names of the roles that the user has.
   * @example ["user"]
   */
  roles: string[];

  /**
   * Whether signing in needs a second factor.
   * @example false
   */
  two_factor: boolean;

  /** The permissions of all roles of the user. */
  @ApiProperty({ enum: PERMISSIONS, enumName: 'Permission', isArray: true, example: ['rate-series'] })
  permissions: string[];
}

export class UsersQuery {
  /** Maximum number of users on the page. */
  @QueryInteger(20)
  @Integer()
  @Min(1)
  @Max(50)
  @ApiProperty({ required: false, example: 20 })
  limit: number = 20;

  /** Number of users before the page, oldest accounts first. */
  @QueryInteger(0)
  @Integer()
  @Min(0)
  @ApiProperty({ required: false, example: 0 })
  offset: number = 0;
}

@ApiSchema({ name: 'UserPage' })
export class UserPageDto {
  /**
   * The `limit` of the request, or its default.
   * @example 20
   */
  @Integer()
  limit: number;

  /**
   * The `offset` of the request, or its default.
   * @example 0
   */
  @Integer()
  offset: number;

  /**
   * Number of accounts.
   * @example 1
   */
  @Integer()
  total: number;

  /** The users of this page, ordered by id: oldest account first. */
  users: UserDto[];
}
