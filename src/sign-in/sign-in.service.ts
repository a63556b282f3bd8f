import { Injectable } from '@nestjs/common';
import { accountSuspended, AppError, userNotFound } from '../http/app-error.js';
import { addressKey } from '../http/client-address.js';
import { RateLimits } from '../limits/rate-limits.js';
import { spellingKey } from '../http/typed-text.js';
import type { SettingsDto } from '../settings/settings.dto.js';
import { SettingsService } from '../settings/settings.service.js';
import type { UserRow } from '../users/user.repository.js';
import { UsersService } from '../users/users.service.js';
import type { CookieViewer, SessionViewer } from '../access/access.js';
import type { LoginDto, RegisterDto } from './sign-in.dto.js';
import { invalidCredentials, secondFactorRequired, wrongSecondFactor } from './sign-in.errors.js';
import type { Device } from '../access/device.js';
import { PasswordAttempts } from '../access/password-attempts.js';
import type { Login } from '../access/session.repository.js';
import { InvitationsService } from '../invitations/invitations.service.js';
import { TwoFactorService } from '../two-factor/two-factor.service.js';
import { SessionsService } from '../access/sessions.service.js';
import { type RefreshTokenSource, Tokens } from '../access/tokens.js';

/** A user who has just been authenticated. */
export interface SignIn {
  readonly user: UserRow;
  readonly accessToken: string;
  /** The source of the refresh cookie. */
  readonly refresh: RefreshTokenSource;
}

/** Registration, sign-in, refresh. */
@Injectable()
export class SignInService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly tokens: Tokens,
    private readonly attempts: PasswordAttempts,
    private readonly invitations: InvitationsService,
    private readonly twoFactor: TwoFactorService,
    private readonly limits: RateLimits,
    private readonly settings: SettingsService,
  ) {}

  /** @throws registrationClosed, invalidInvitation, usernameTaken, emailTaken, tooManyRequests */
  async register({ invitation = null, ...registration }: RegisterDto, device: Device): Promise<SignIn> {
    await this.limits.spend('register', addressKey(device.ip));
    const login = await this.users.register(registration, () => this.invitations.admit(invitation));
    const refresh = await this.sessions.open(login, device, false);
    if (refresh === null) throw userNotFound();
    return this.signIn(refresh);
  }

  /**
   * @throws invalidCredentials, the same for an unknown user and a wrong password; accountSuspended,
   *   secondFactorRequired, wrongSecondFactor; tooManyRequests
   */
  async login({ username, password, code = null }: LoginDto, device: Device): Promise<SignIn> {
    const login = await this.users.findLogin(username);
    const attempt = await this.attempts.begin(login?.id ?? spellingKey(username), device.ip);
    const matches = await this.users.isPasswordOf(login, password);
    if (!matches || login === undefined) throw invalidCredentials();
    const refresh = await this.openWithSecondFactor(login, code, device).catch(async (error: unknown) => {
      // Wrong codes have a limit of their own.
      await attempt.excuse();
      throw error;
    });
    if (refresh === null) throw invalidCredentials();
    await attempt.succeed();
    return this.signIn(refresh).catch((error: unknown) => {
      // The account was deleted after its session began.
      throw isUserNotFound(error) ? invalidCredentials() : error;
    });
  }

  private async openWithSecondFactor(
    login: Login,
    code: string | null,
    device: Device,
  ): Promise<RefreshTokenSource | null> {
    if (login.suspended) throw accountSuspended();
    if (login.twoFactor) {
      if (code === null) throw secondFactorRequired();
      await this.twoFactor.check(login.id, code).catch((error: unknown) => {
        throw error instanceof AppError && error.definition.message === wrongSecondFactor.message
          ? wrongSecondFactor()
          : error;
      });
    }
    return this.sessions.open(login, device, login.twoFactor);
  }

  /** @throws unauthorized if the session has ended since the guard accepted it */
  async refresh(viewer: CookieViewer): Promise<SignIn> {
    return this.signIn(await this.sessions.rotate(viewer));
  }

  /** The viewer's account, with an access token: a new one for a cookie, else the Bearer token of the request. */
  async me(viewer: SessionViewer): Promise<{ user: UserRow; settings: SettingsDto; accessToken: string }> {
    const [user, settings] = await Promise.all([
      this.users.get(viewer.userId),
      this.settings.get(viewer.userId),
    ]);
    const accessToken =
      viewer.credential === 'bearer'
        ? viewer.accessToken
        : this.tokens.accessToken(viewer.userId, viewer.sessionId);
    return { user, settings, accessToken };
  }

  private async signIn(refresh: RefreshTokenSource): Promise<SignIn> {
    const user = await this.users.get(refresh.userId);
    return { user, refresh, accessToken: this.tokens.accessToken(refresh.userId, refresh.sessionId) };
  }
}

function isUserNotFound(error: unknown): boolean {
  return error instanceof AppError && error.definition.message === userNotFound.message;
}
