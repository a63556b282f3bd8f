import { ApiProperty, ApiSchema, PickType } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsIn, IsString } from 'class-validator';
import { AnswerText, Timestamp } from '../../http/fields.js';
import { PageDto, SearchQuery } from '../../http/page.dto.js';
import {
  BlankIsAbsent,
  CodePointLength,
  Integer,
  Optional,
  AtLeastOneProperty,
} from '../../http/validation.js';
import { UpdateUserDto, UserDto } from '../../users/users.dto.js';

export const USER_ORDERS = ['name-asc', 'name-desc', 'registered-asc', 'registered-desc'] as const;

/** Filters and order of users; by default by id, the oldest account first. */
export class AdminUsersQuery extends SearchQuery {
  /**
   * Part of a username, an address or a name: case, accents and width do not matter.
   * @example "haruka"
   */
  declare search?: string;

  /**
   * Only users who have the role of this name.
   * @example "moderator"
   */
  @BlankIsAbsent()
  @Optional()
  @CodePointLength(0, 50)
  role?: string;

  /** Order of the page; by id, the oldest account first, unless given. */
  @BlankIsAbsent()
  @Optional()
  @IsIn(USER_ORDERS)
  @ApiProperty({ enum: USER_ORDERS, enumName: 'UserOrder' })
  order?: (typeof USER_ORDERS)[number];
}

/** The fields of a user that an administrator may change, and whose values the audit log does not record. */
export const PERSONAL_FIELDS = [
  'username',
  'email',
  'first_name',
  'last_name',
  'website',
  'facebook',
  'instagram',
  'linkedin',
  'x',
  'youtube',
] as const;

/** What an administrator may change about a user. Only the given fields change. */
@AtLeastOneProperty()
@ApiSchema({ name: 'AdminUserChanges' })
export class UpdateAdminUserDto extends PickType(UpdateUserDto, PERSONAL_FIELDS) {
  /**
   * Whether an administrator has verified that the user is of age.
   * @example false
   */
  @Optional()
  @IsBoolean()
  age_verified?: boolean;

  /**
   * Whether the account is suspended: its credentials are refused until this is false again.
   * @example false
   */
  @Optional()
  @IsBoolean()
  suspended?: boolean;

  /**
   * Names of all roles that the user shall have, at least one. You must hold the permissions of the roles that are
   * added.
   * @example ["user", "moderator"]
   */
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @ApiProperty({ minItems: 1, maxItems: 50 })
  roles?: string[];
}

/** A user in a list. */
@ApiSchema({ name: 'AdminUser' })
export class AdminUserDto extends UserDto {
  /**
   * Whether the user has a session that has neither ended nor expired.
   * @example true
   */
  logged_in: boolean;

  /**
   * Whether an administrator has suspended the account.
   * @example false
   */
  suspended: boolean;
}

/** A link for a user who cannot sign in. */
@ApiSchema({ name: 'ResetLink' })
export class ResetLinkDto {
  /**
   * Link to a new password, which works once. No later response contains it.
   * @example "http://localhost:3000/dashboard/reset-password#token=Z0ChssPU5fYBI0VnAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
   */
  @AnswerText(400)
  url: string;

  /**
   * When the link stops working.
   * @example "2026-02-01T12:00:00.000Z"
   */
  @Timestamp()
  expires: string;
}

/** Numbers of a user’s entries, ratings, items and photos. */
@ApiSchema({ name: 'UserCounts' })
export class UserCountsDto {
  /**
   * Number of series in the user’s reading history.
   * @example 120
   */
  @Integer()
  entries: number;

  /**
   * Number of series that the user has rated.
   * @example 40
   */
  @Integer()
  ratings: number;

  /**
   * Number of volumes in the user’s collection.
   * @example 300
   */
  @Integer()
  items: number;

  /**
   * Number of photos in the user’s library.
   * @example 5
   */
  @Integer()
  photos: number;
}

/** A user in detail. */
@ApiSchema({ name: 'AdminUserDetail' })
export class AdminUserDetailDto extends AdminUserDto {
  /** Numbers of the user’s entries, ratings, items and photos. */
  counts: UserCountsDto;
}

@ApiSchema({ name: 'AdminUserPage' })
export class AdminUserPageDto extends PageDto {
  /** Users of this page that match the query. */
  users: AdminUserDto[];
}
