import { ApiProperty, ApiSchema, PickType } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsIn, IsString } from 'class-validator';
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

/** What an administrator may change about a user. Only the given fields change. */
@AtLeastOneProperty()
@ApiSchema({ name: 'AdminUserChanges' })
export class UpdateAdminUserDto extends PickType(UpdateUserDto, ['username', 'email']) {
  /**
   * Whether an administrator has verified that the user is of age.
   * @example false
   */
  @Optional()
  @IsBoolean()
  age_verified?: boolean;

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
