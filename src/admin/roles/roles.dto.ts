import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsArray, IsIn, IsString } from 'class-validator';
import { type Permission, PERMISSIONS } from '../../accounts/permissions.js';
import { PageDto } from '../../http/page.dto.js';
import {
  BlankIsNull,
  Characters,
  Integer,
  isBlank,
  Nullable,
  Optional,
  Required,
  rule,
  SaysSomething,
} from '../../http/validation.js';

function Permissions(): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    IsIn(PERMISSIONS, { each: true }),
    ApiProperty({
      enum: PERMISSIONS,
      enumName: 'Permission',
      isArray: true,
      example: ['view-users', 'edit-users'],
    }),
  );
}

function Description(): PropertyDecorator {
  return applyDecorators(BlankIsNull(), Nullable(), IsString(), Characters(0, 200));
}

/** Surrounding space in a name is a slip of the keyboard. */
function Trimmed(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));
}

/** A name that can be seen and told from others. */
function Printable(): PropertyDecorator {
  return rule('printable', 'must not have control characters or invisible ones', (value) => {
    return typeof value === 'string' && !/[\p{C}\p{Zl}\p{Zp}]/u.test(value);
  });
}

export class NewRole {
  /**
   * Unique without regard to case.
   * @example "moderator"
   */
  @Trimmed()
  @Required()
  @IsString()
  @Characters(1, 50)
  @Printable()
  name: string;

  /** @example "Looks after profile images" */
  @Description()
  description?: string | null;

  /** Those that you hold yourself. */
  @rule('required', 'is required', (value) => value !== undefined && value !== null)
  @Permissions()
  permissions: Permission[];
}

@SaysSomething()
export class RoleChanges {
  /**
   * Unique without regard to case.
   * @example "moderator"
   */
  @Trimmed()
  @Optional()
  @rule('notBlank', 'must not be blank', (value) => !isBlank(value))
  @IsString()
  @Characters(1, 50)
  @Printable()
  name?: string;

  /**
   * Null or blank clears it.
   * @example "Looks after profile images"
   */
  @Description()
  description?: string | null;

  /** All that the role shall have; you hold those that it gets. */
  @Optional()
  @Permissions()
  permissions?: Permission[];
}

/** A named set of permissions. */
export class RoleDto {
  /** @example 3 */
  @Integer()
  id: number;

  /** @example "moderator" */
  name: string;

  /** @example "Looks after profile images" */
  @ApiProperty({ type: String, nullable: true })
  description: string | null;

  @ApiProperty({
    enum: PERMISSIONS,
    enumName: 'Permission',
    isArray: true,
    example: ['edit-users', 'view-users'],
  })
  permissions: Permission[];

  /**
   * How many users have it.
   * @example 2
   */
  @Integer()
  users: number;
}

export class RolePageDto extends PageDto {
  /** By id. */
  roles: RoleDto[];
}

/** Something that a role can allow. */
export class ListedPermission {
  @ApiProperty({ enum: PERMISSIONS, enumName: 'Permission', example: 'view-users' })
  name: Permission;

  /** @example "See users, their counts and the statistics" */
  description: string;
}

export class PermissionPageDto extends PageDto {
  /** By name. */
  permissions: ListedPermission[];
}
