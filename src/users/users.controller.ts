import { userNotFound } from '../http/app-error.js';
import { Controller, Delete, Get, Put, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { actorOf } from '../audit/audit-log.js';
import {
  AdministratorByBearer,
  BearerOnly,
  CurrentViewer,
  type SessionViewer,
  type Viewer,
} from '../access/access.js';
import { signInAgain } from '../access/sessions.errors.js';
import { RefreshCookieWriter } from '../access/refresh-cookie.js';
import type { FastifyReply } from 'fastify';
import { ApiRoute } from '../openapi/api-route.js';
import { UpdateUserDto, UserDto, UserPageDto, UsersQuery } from './users.dto.js';
import { emailTaken, lastAdministrator, usernameTaken } from './users.errors.js';
import { presentUser } from './users.presenter.js';
import { UsersService } from './users.service.js';
import { UserIdOfFamilyB } from '../accounts/path-parameters.js';
import { ValidBody, ValidQuery } from '../http/input.js';

@ApiTags('Users')
@Controller('users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly cookie: RefreshCookieWriter,
  ) {}

  @Get('current')
  @BearerOnly()
  @ApiRoute({ id: 'usersGetCurrent', summary: 'Get your own profile', response: UserDto })
  async getCurrent(@CurrentViewer() viewer: Viewer): Promise<UserDto> {
    return presentUser(await this.users.get(viewer.userId));
  }

  @Put('current')
  @BearerOnly()
  @ApiRoute({
    id: 'usersUpdateCurrent',
    summary: 'Change your own profile',
    description:
      'Only the given fields change. Null or a blank text clears an optional field. A new password ends all other sessions of the user. A change of password or address needs a sign-in of the last 15 minutes, or `current_password`.',
    response: UserDto,
    exampleBody: { youtube: null },
    errors: [signInAgain, usernameTaken, emailTaken],
  })
  async updateCurrent(
    @CurrentViewer() viewer: SessionViewer,
    @ValidBody() changes: UpdateUserDto,
  ): Promise<UserDto> {
    return presentUser(await this.users.update(viewer, changes));
  }

  @Delete('current')
  @BearerOnly({ endsSession: true })
  @ApiRoute({
    id: 'usersDeleteCurrent',
    setsCookie: true,
    summary: 'Delete your own account',
    description: 'Deletes the account and all its data, immediately and permanently.',
    status: 204,
    errors: [lastAdministrator],
  })
  async deleteCurrent(
    @CurrentViewer() viewer: Viewer,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.users.deleteOwn(viewer.userId);
    this.cookie.clear(reply);
  }

  @Get()
  @AdministratorByBearer()
  @ApiRoute({ id: 'usersList', summary: 'List all users', response: UserPageDto })
  async list(@ValidQuery() { limit, offset }: UsersQuery): Promise<UserPageDto> {
    const { total, rows } = await this.users.page(limit, offset);
    return { limit, offset, total, users: rows.map(presentUser) };
  }

  @Get(':userId')
  @AdministratorByBearer()
  @ApiRoute({ id: 'usersGet', summary: 'Get a user', response: UserDto, errors: [userNotFound] })
  async get(@UserIdOfFamilyB() userId: string): Promise<UserDto> {
    return presentUser(await this.users.get(userId));
  }

  @Delete(':userId')
  @AdministratorByBearer()
  @ApiRoute({
    id: 'usersDelete',
    summary: 'Delete a user',
    status: 204,
    errors: [userNotFound, lastAdministrator],
  })
  async delete(@CurrentViewer() viewer: Viewer, @UserIdOfFamilyB() userId: string): Promise<void> {
    await this.users.delete(userId, actorOf(viewer));
  }
}
