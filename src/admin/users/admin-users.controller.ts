import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, RequirePermission, type SessionViewer, type Viewer } from '../../access/access.js';
import { forbidden, userNotFound } from '../../http/app-error.js';
import { success } from '../../http/families.js';
import { ApiRoute } from '../../openapi/api-route.js';
import { pagePosition } from '../../http/page.js';
import type { ResponseDto } from '../../http/response.dto.js';
import { emailTaken, lastAdministrator, usernameTaken } from '../../users/users.errors.js';
import { presentUser } from '../../users/users.presenter.js';
import type { AdminUserDetailRow } from './admin-user.repository.js';
import {
  UpdateAdminUserDto,
  AdminUserDetailDto,
  AdminUserPageDto,
  AdminUsersQuery,
  ResetLinkDto,
} from './admin-users.dto.js';
import { SessionListDto } from '../../access/session.dto.js';
import { presentSession } from '../../access/session.presenter.js';
import { AdminUsersService } from './admin-users.service.js';
import { UserId } from '../../accounts/path-parameters.js';
import { ValidBody, ValidQuery } from '../../http/input.js';

const SIGNED_OUT = 'User logged out successfully';
const DELETED = 'User deleted successfully';

@ApiTags('Administration')
@Controller('admin/users')
export class AdminUsersController {
  constructor(private readonly users: AdminUsersService) {}

  @Get()
  @RequirePermission('view-users')
  @ApiRoute({
    id: 'adminUsersList',
    summary: 'Search and list users',
    description: 'A search looks through usernames, addresses and names.',
    response: AdminUserPageDto,
  })
  async list(
    @ValidQuery() { search, role, order, limit, offset }: AdminUsersQuery,
  ): Promise<AdminUserPageDto> {
    const { total, rows } = await this.users.page({ search, role, order, limit, offset });
    const users = rows.map((row) => ({
      ...presentUser(row),
      logged_in: row.logged_in,
      suspended: row.suspended,
    }));
    return { users, ...pagePosition({ limit, offset }, rows.length, total) };
  }

  @Get(':id')
  @RequirePermission('view-users')
  @ApiRoute({
    id: 'adminUsersGet',
    summary: 'Get a user, with numbers of entries and sign-in state',
    response: AdminUserDetailDto,
    errors: [userNotFound],
  })
  async get(@UserId() id: string): Promise<AdminUserDetailDto> {
    return present(await this.users.get(id));
  }

  @Patch(':id')
  @RequirePermission('edit-users')
  @ApiRoute({
    id: 'adminUsersUpdate',
    summary: 'Change a user',
    description:
      'Only the given fields change; null or blank clears the address. Roles act from the user’s next request on.',
    response: AdminUserDetailDto,
    exampleBody: { age_verified: false },
    errors: [userNotFound, forbidden, usernameTaken, emailTaken, lastAdministrator],
  })
  async update(
    @CurrentViewer() viewer: Viewer,
    @UserId() id: string,
    @ValidBody() changes: UpdateAdminUserDto,
  ): Promise<AdminUserDetailDto> {
    return present(await this.users.update(viewer, id, changes));
  }

  @Post(':id/logout')
  @RequirePermission('edit-users')
  @ApiRoute({
    id: 'adminUsersLogout',
    summary: 'Sign a user out everywhere',
    message: SIGNED_OUT,
    destroys: true,
    errors: [userNotFound],
  })
  async signOut(@CurrentViewer() viewer: Viewer, @UserId() id: string): Promise<ResponseDto> {
    await this.users.signOut(viewer, id);
    return success(SIGNED_OUT);
  }

  @Get(':id/sessions')
  @RequirePermission('view-users')
  @ApiRoute({
    id: 'adminUsersSessionsList',
    summary: 'List the sessions of a user',
    response: SessionListDto,
    errors: [userNotFound],
  })
  async sessions(@CurrentViewer() viewer: SessionViewer, @UserId() id: string): Promise<SessionListDto> {
    const sessions = await this.users.sessionsOf(id);
    return { sessions: sessions.map((session) => presentSession(session, viewer.sessionId)) };
  }

  @Post(':id/password-reset')
  @RequirePermission('edit-users')
  @ApiRoute({
    id: 'adminUsersPasswordReset',
    summary: 'Create a link to a new password for a user',
    description:
      'The link works once, for 24 hours, and ends former links. Nothing is sent: pass it on yourself.',
    response: ResetLinkDto,
    errors: [userNotFound, forbidden],
  })
  async createResetLink(@CurrentViewer() viewer: Viewer, @UserId() id: string): Promise<ResetLinkDto> {
    const { url, expires } = await this.users.createResetLink(viewer, id);
    return { url, expires: expires.toISOString() };
  }

  @Post(':id/two-factor/disable')
  @RequirePermission('edit-users')
  @ApiRoute({
    id: 'adminUsersTwoFactorDisable',
    summary: 'Turn the second factor of a user off',
    status: 204,
    destroys: true,
    errors: [userNotFound, forbidden],
  })
  async disableTwoFactor(@CurrentViewer() viewer: Viewer, @UserId() id: string): Promise<void> {
    await this.users.disableTwoFactor(viewer, id);
  }

  @Delete(':id')
  @RequirePermission('delete-users')
  @ApiRoute({
    id: 'adminUsersDelete',
    summary: 'Delete a user',
    description: 'Deletes the account and all its data, immediately and permanently.',
    message: DELETED,
    errors: [userNotFound, lastAdministrator],
  })
  async delete(@CurrentViewer() viewer: Viewer, @UserId() id: string): Promise<ResponseDto> {
    await this.users.delete(viewer, id);
    return success(DELETED);
  }
}

function present(row: AdminUserDetailRow): AdminUserDetailDto {
  return { ...presentUser(row), logged_in: row.logged_in, suspended: row.suspended, counts: row.counts };
}
