import { AnswerText } from '../../http/fields.js';
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsArray, IsIn, IsString } from 'class-validator';
import { type Permission, PERMISSIONS } from '../../accounts/permissions.js';
import { PageDto } from '../../http/page.dto.js';
import {
  BlankIsNull,
  CodePointLength,
  Integer,
  isBlank,
  Nullable,
  Optional,
  Required,
  rule,
  AtLeastOneProperty,
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
  return applyDecorators(BlankIsNull(), Nullable(), IsString(), CodePointLength(0, 200));
}

/** Removes white space around a name. */
function Trimmed(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));
}

/** Invisible characters would make different names look equal. */
function Printable(): PropertyDecorator {
  return rule('printable', 'must not have control characters or invisible ones', (value) => {
    return typeof value === 'string' && !/[\p{C}\p{Zl}\p{Zp}]/u.test(value);
  });
}

@ApiSchema({ name: 'NewRole' })
export class CreateRoleDto {
  /**
   * Name that users’ `roles` list; no other role may have it in any case.
   * @example "moderator"
   */
  @Trimmed()
  @Required()
  @IsString()
  @CodePointLength(1, 50)
  @Printable()
  name: string;

  /**
   * What the role is for, in the administrators’ own words.
   * @example "Looks after profile images"
   */
  @Description()
  description?: string | null;

  /** What the role allows: only permissions that you hold yourself. */
  @rule('required', 'is required', (value) => value !== undefined && value !== null)
  @Permissions()
  permissions: Permission[];
}

@AtLeastOneProperty()
@ApiSchema({ name: 'RoleChanges' })
export class UpdateRoleDto {
  /**
   * Name that users’ `roles` list; no other role may have it in any case.
   * @example "moderator"
   */
  @Trimmed()
  @Optional()
  @rule('notBlank', 'must not be blank', (value) => !isBlank(value))
  @IsString()
  @CodePointLength(1, 50)
  @Printable()
  name?: string;

  /**
   * What the role is for; null or blank clears it.
   * @example "Looks after profile images"
   */
  @Description()
  description?: string | null;

  /** All permissions that the role shall have. You must hold those that are added. */
  @Optional()
  @Permissions()
  permissions?: Permission[];
}

/** A named set of permissions. */
@ApiSchema({ name: 'Role' })
export class RoleDto {
  /**
   * Id of the role, for the routes that change or delete it.
   * @example 3
   */
  @Integer()
  id: number;

  /**
   * Name that users’ `roles` list; no other role may have it in any case.
   * @example "moderator"
   */
  @AnswerText(50)
  name: string;

  /**
   * What the role is for, in the administrators’ own words.
   * @example "Looks after profile images"
   */
  @ApiProperty({ type: String, nullable: true, maxLength: 200 })
  description: string | null;

  /** What the role allows its users. */
  @ApiProperty({
    enum: PERMISSIONS,
    enumName: 'Permission',
    isArray: true,
    example: ['edit-users', 'view-users'],
  })
  permissions: Permission[];

  /**
   * Number of users who have the role.
   * @example 2
   */
  @Integer()
  users: number;
}

@ApiSchema({ name: 'RolePage' })
export class RolePageDto extends PageDto {
  /** Roles of this page, by id. */
  roles: RoleDto[];
}

/** A permission that roles can grant. */
@ApiSchema({ name: 'ListedPermission' })
export class PermissionDto {
  /** The permission as roles list it. */
  @ApiProperty({ enum: PERMISSIONS, enumName: 'Permission', example: 'view-users' })
  name: Permission;

  /**
   * What the permission allows, in words.
   * @example "See users, their counts and the statistics"
   */
  @AnswerText(200)
  description: string;
}

@ApiSchema({ name: 'PermissionPage' })
export class PermissionPageDto extends PageDto {
  /** Permissions of this page, by name. */
  permissions: PermissionDto[];
}
