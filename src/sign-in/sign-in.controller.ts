import { Controller, Delete, Get, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { accountSuspended, unauthorized } from '../http/app-error.js';
import { success } from '../http/families.js';
import { ApiRoute } from '../openapi/api-route.js';
import type { ResponseDto } from '../http/response.dto.js';
import { emailTaken, usernameTaken } from '../users/users.errors.js';
import { presentUser } from '../users/users.presenter.js';
import {
  CurrentViewer,
  Public,
  RefreshCookie,
  SignedIn,
  type CookieViewer,
  type SessionViewer,
} from '../access/access.js';
import { SessionListDto } from '../access/session.dto.js';
import { presentSession } from '../access/session.presenter.js';
import { invalidInvitation, registrationClosed } from '../invitations/invitations.errors.js';
import { LoginDto, MeDto, RegisterDto, SignedInDto } from './sign-in.dto.js';
import { sessionNotFound } from '../access/sessions.errors.js';
import { invalidCredentials, secondFactorRequired, wrongSecondFactor } from './sign-in.errors.js';
import { SignInService, type SignIn } from './sign-in.service.js';
import { CurrentDevice, type Device } from '../access/device.js';
import { RefreshCookieWriter } from '../access/refresh-cookie.js';
import { SessionsService } from '../access/sessions.service.js';
import { SessionId } from '../access/path-parameters.js';
import { ValidBody } from '../http/input.js';

const LOGGED_OUT = 'Logged out';

@ApiTags('Sign-in')
@Controller('auth')
export class SignInController {
  constructor(
    private readonly signIns: SignInService,
    private readonly sessions: SessionsService,
    private readonly cookie: RefreshCookieWriter,
  ) {}

  @Post('register')
  @Public()
  @ApiRoute({
    id: 'authRegister',
    exampleBody: {
      username: 'haruka',
      password: 'correct horse battery',
      email: 'haruka@example.com',
      first_name: 'Haruka',
      last_name: 'Sato',
    },
    setsCookie: true,
    summary: 'Create an account and sign in',
    status: 201,
    response: SignedInDto,
    errors: [usernameTaken, emailTaken, registrationClosed, invalidInvitation],
  })
  async register(
    @ValidBody() registration: RegisterDto,
    @CurrentDevice() device: Device,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedInDto> {
    return this.answer(await this.signIns.register(registration, device), reply);
  }

  @Post('login')
  @Public()
  @ApiRoute({
    id: 'authLogin',
    exampleBody: { username: 'haruka', password: 'correct horse battery' },
    setsCookie: true,
    summary: 'Sign in',
    description:
      'Sets the cookie `refreshToken`. After ten failed attempts in 15 minutes from one IP address for one account: 429. An account with a second factor needs `code`; after ten wrong codes in 15 minutes: 429.',
    response: SignedInDto,
    errors: [invalidCredentials, secondFactorRequired, wrongSecondFactor, accountSuspended],
  })
  async login(
    @ValidBody() credentials: LoginDto,
    @CurrentDevice() device: Device,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedInDto> {
    return this.answer(await this.signIns.login(credentials, device), reply);
  }

  @Post('refresh')
  @RefreshCookie()
  @ApiRoute({
    id: 'authRefresh',
    setsCookie: true,
    summary: 'Exchange the refresh cookie for its successor',
    description:
      'Concurrent refreshes get the same successor. Within 30 seconds of a rotation, the replaced and the current token ' +
      'are answered with the current one. Later, the replaced token is accepted only if the current one has never been ' +
      'used, because then its answer was lost. Otherwise it is refused and the session ends (reuse detection).',
    response: SignedInDto,
    errors: [unauthorized],
  })
  async refresh(
    @CurrentViewer() viewer: CookieViewer,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedInDto> {
    return this.answer(await this.signIns.refresh(viewer), reply);
  }

  @Get('me')
  @SignedIn()
  @ApiRoute({
    id: 'authMe',
    summary: 'Get the signed-in user, with settings and an access token',
    response: MeDto,
  })
  async me(@CurrentViewer() viewer: SessionViewer): Promise<MeDto> {
    const { user, settings, accessToken } = await this.signIns.me(viewer);
    return { accessToken, user: { ...presentUser(user), settings } };
  }

  @Post('logout')
  @SignedIn({ endsSession: true })
  @ApiRoute({
    id: 'authLogout',
    setsCookie: true,
    summary: 'Sign out',
    description: 'Ends the session and clears the cookie, even if the cookie is invalid.',
    message: LOGGED_OUT,
  })
  async logout(
    @CurrentViewer() viewer: SessionViewer,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ResponseDto> {
    await this.sessions.signOut(viewer);
    this.cookie.clear(reply);
    return success(LOGGED_OUT);
  }

  @Get('sessions')
  @SignedIn()
  @ApiRoute({ id: 'authSessionsList', summary: 'List your sessions', response: SessionListDto })
  async listSessions(@CurrentViewer() viewer: SessionViewer): Promise<SessionListDto> {
    const sessions = await this.sessions.list(viewer.userId);
    return { sessions: sessions.map((session) => presentSession(session, viewer.sessionId)) };
  }

  @Delete('sessions/:id')
  @SignedIn()
  @ApiRoute({
    id: 'authSessionsEnd',
    summary: 'End one of your sessions',
    status: 204,
    errors: [sessionNotFound],
  })
  async endSession(@CurrentViewer() viewer: SessionViewer, @SessionId() id: string): Promise<void> {
    await this.sessions.end(viewer.userId, id);
  }

  @Delete('sessions')
  @SignedIn()
  @ApiRoute({ id: 'authSessionsEndOthers', summary: 'End all your sessions except this one', status: 204 })
  async endOtherSessions(@CurrentViewer() viewer: SessionViewer): Promise<void> {
    await this.sessions.endOthers(viewer);
  }

  private answer({ user, accessToken, refresh }: SignIn, reply: FastifyReply): SignedInDto {
    this.cookie.set(reply, refresh);
    return { accessToken, user: presentUser(user) };
  }
}
