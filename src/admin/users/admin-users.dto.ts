import { ApiProperty, PickType } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsIn, IsString } from 'class-validator';
import { PageDto, SearchQuery } from '../../http/page.dto.js';
import { BlankIsAbsent, Characters, Integer, Optional, SaysSomething } from '../../http/validation.js';
import { ProfileChanges, UserDto } from '../../users/users.dto.js';

export const USER_ORDERS = ['name-asc', 'name-desc', 'registered-asc', 'registered-desc'] as const;

/** Which users, and in what order; by id, the oldest first, unless one is named. */
export class AdminUsersQuery extends SearchQuery {
  /**
   * Part of a username, an address or a name: case, accents and width do not matter.
   * @example "haruka"
   */
  declare search?: string;

  /**
   * Name of a role that they have.
   * @example "moderator"
   */
  @BlankIsAbsent()
  @Optional()
  @Characters(0, 50)
  role?: string;

  /** By id, the oldest account first, unless given. */
  @BlankIsAbsent()
  @Optional()
  @IsIn(USER_ORDERS)
  @ApiProperty({ enum: USER_ORDERS, enumName: 'UserOrder' })
  order?: (typeof USER_ORDERS)[number];
}

/** What an administrator may change about a user. Only the given fields change. */
@SaysSomething()
export class AdminUserChanges extends PickType(ProfileChanges, ['username', 'email']) {
  /** Whether the user is known to be of age. */
  @Optional()
  @IsBoolean()
  age_verified?: boolean;

  /**
   * Names of all roles that the user shall have, one at least; you hold the permissions of those that they get.
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
export class AdminUserDto extends UserDto {
  /** Whether the user is signed in anywhere. */
  logged_in: boolean;
}

/** How much a user keeps. */
export class UserCountsDto {
  /**
   * Series in the reading history.
   * @example 120
   */
  @Integer()
  entries: number;

  /** @example 40 */
  @Integer()
  ratings: number;

  /**
   * Volumes in the collection.
   * @example 300
   */
  @Integer()
  items: number;

  /** @example 5 */
  @Integer()
  photos: number;
}

/** A user in detail. */
export class AdminUserDetailDto extends AdminUserDto {
  counts: UserCountsDto;
}

export class AdminUserPageDto extends PageDto {
  users: AdminUserDto[];
}
