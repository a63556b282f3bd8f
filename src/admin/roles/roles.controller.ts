import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, RequirePermission, type Viewer } from '../../access/access.js';
import { forbidden } from '../../http/app-error.js';
import { ApiRoute } from '../../openapi/api-route.js';
import { PageQuery } from '../../http/page.dto.js';
import { pagePosition } from '../../http/page.js';
import { roleExists, roleFixed, roleNotFound } from './roles.errors.js';
import type { RoleRow } from './role.repository.js';
import {
  CreateRoleDto,
  type PermissionDto,
  PermissionPageDto,
  UpdateRoleDto,
  RoleDto,
  RolePageDto,
} from './roles.dto.js';
import { RolesService } from './roles.service.js';
import { RoleId } from './path-parameters.js';
import { ValidBody, ValidQuery } from '../../http/input.js';

@ApiTags('Administration')
@Controller('admin')
export class RolesController {
  constructor(private readonly roles: RolesService) {}

  @Get('roles')
  @RequirePermission('view-roles')
  @ApiRoute({ id: 'rolesList', summary: 'List the roles', response: RolePageDto })
  async list(@ValidQuery() query: PageQuery): Promise<RolePageDto> {
    const { total, rows } = await this.roles.page(query.limit, query.offset);
    return { roles: rows.map(present), ...pagePosition(query, rows.length, total) };
  }

  @Post('roles')
  @RequirePermission('edit-roles')
  @ApiRoute({
    id: 'rolesCreate',
    summary: 'Create a role',
    description: 'It may only have permissions that you hold yourself.',
    status: 201,
    response: RoleDto,
    errors: [forbidden, roleExists],
  })
  async create(@CurrentViewer() viewer: Viewer, @ValidBody() role: CreateRoleDto): Promise<RoleDto> {
    return present(await this.roles.create(viewer, role));
  }

  @Patch('roles/:id')
  @RequirePermission('edit-roles')
  @ApiRoute({
    id: 'rolesUpdate',
    summary: 'Change a role',
    description:
      'Only the given fields change, from the next request of its users on. `user` and `admin` keep their names, and `admin` all permissions.',
    response: RoleDto,
    exampleBody: { description: 'What every reader may do' },
    errors: [forbidden, roleNotFound, roleFixed, roleExists],
  })
  async update(
    @CurrentViewer() viewer: Viewer,
    @RoleId() id: number,
    @ValidBody() changes: UpdateRoleDto,
  ): Promise<RoleDto> {
    return present(await this.roles.update(viewer, id, changes));
  }

  @Delete('roles/:id')
  @RequirePermission('edit-roles')
  @ApiRoute({
    id: 'rolesDelete',
    summary: 'Delete a role',
    description: 'Its users keep their other roles; those without another one get the role `user`.',
    status: 204,
    errors: [roleNotFound, roleFixed],
  })
  async delete(@CurrentViewer() viewer: Viewer, @RoleId() id: number): Promise<void> {
    await this.roles.delete(viewer, id);
  }

  @Get('permissions')
  @RequirePermission('view-roles')
  @ApiRoute({ id: 'permissionsList', summary: 'List the permissions', response: PermissionPageDto })
  async permissions(@ValidQuery() query: PageQuery): Promise<PermissionPageDto> {
    const { total, rows } = await this.roles.permissions(query.limit, query.offset);
    return { permissions: rows as PermissionDto[], ...pagePosition(query, rows.length, total) };
  }
}

function present({ id, name, description, permissions, users }: RoleRow): RoleDto {
  return { id, name, description, permissions: permissions as RoleDto['permissions'], users };
}
