import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { userNotFound } from '../http/app-error.js';
import { addressKey } from '../http/client-address.js';
import { type LimitedKey, RateLimits } from '../limits/rate-limits.js';
import { spellingKey } from '../http/typed-text.js';
import type { SettingsDto } from '../settings/settings.dto.js';
import { SettingsService } from '../settings/settings.service.js';
import type { CreateUserDto } from '../users/users.dto.js';
import type { UserRow } from '../users/user.repository.js';
import { UsersService } from '../users/users.service.js';
import type { CookieViewer, Viewer } from '../access/access.js';
import type { LoginDto } from './sign-in.dto.js';
import { invalidCredentials } from './sign-in.errors.js';
import type { Device } from '../access/device.js';
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
    private readonly limits: RateLimits,
    private readonly settings: SettingsService,
  ) {}

  /** @throws usernameTaken, emailTaken, tooManyRequests */
  async register(registration: CreateUserDto, device: Device): Promise<SignIn> {
    await this.limits.spend('register', addressKey(device.ip));
    const refresh = await this.sessions.open(await this.users.register(registration), device);
    if (refresh === null) throw userNotFound();
    return this.signIn(refresh);
  }

  /** @throws invalidCredentials, the same for an unknown user and a wrong password; tooManyRequests */
  async login({ username, password }: LoginDto, device: Device): Promise<SignIn> {
    const login = await this.users.findLogin(username);
    const keys = loginLimits(login?.id ?? spellingKey(username), addressKey(device.ip));
    // Points are spent before the password is verified, so that of 100 concurrent guesses only ten are verified.
    await this.limits.spendAll([keys.pair]);
    await this.limits.spendAll(keys.others).catch(async (error: unknown) => {
      await this.limits.refund([keys.pair]);
      throw error;
    });
    const matches = await this.users.isPasswordOf(login, password);
    const refresh = matches && login ? await this.sessions.open(login, device) : null;
    if (refresh === null) throw invalidCredentials();
    await this.limits.refund(keys.others);
    await this.limits.clear(keys.pair);
    return this.signIn(refresh);
  }

  /** @throws unauthorized if the session has ended since the guard accepted it */
  async refresh(viewer: CookieViewer): Promise<SignIn> {
    return this.signIn(await this.sessions.rotate(viewer));
  }

  /** The viewer's account, with an access token: a new one for a cookie, else the Bearer token of the request. */
  async me(viewer: Viewer): Promise<{ user: UserRow; settings: SettingsDto; accessToken: string }> {
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

/**
 * The three rate-limit keys of a failed sign-in.
 *
 * @param account the id of the account, or the key of the name if no account has it
 */
function loginLimits(account: string, address: string): { pair: LimitedKey; others: LimitedKey[] } {
  // The column for keys has 255 characters, so that long names are replaced by their digest.
  const name = account.length <= 80 ? account : createHash('sha256').update(account).digest('base64url');
  return {
    pair: { limit: 'login', key: `${address} ${name}` },
    others: [
      { limit: 'loginAddress', key: address },
      { limit: 'loginAccount', key: name },
    ],
  };
}
