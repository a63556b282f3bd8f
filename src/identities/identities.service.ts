import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { SessionViewer } from '../access/access.js';
import type { Device } from '../access/device.js';
import { RecentSignIn } from '../access/recent-sign-in.js';
import { SessionsService } from '../access/sessions.service.js';
import type { RefreshTokenSource } from '../access/tokens.js';
import { actorOf, AuditLog } from '../audit/audit-log.js';
import { Config, type OidcProvider } from '../config.js';
import { Transactions } from '../database/transactions.js';
import { invalidParameters, serviceUnavailable } from '../http/app-error.js';
import { addressKey } from '../http/client-address.js';
import { RateLimits } from '../limits/rate-limits.js';
import { AccountDeletion } from '../users/account-deletion.js';
import { UsersService } from '../users/users.service.js';
import { digest, newState, visitOf } from './browser-secret.js';
import type { CallbackQuery } from './identities.dto.js';
import { identityNotFound, lastWayToSignIn } from './identities.errors.js';
import { type Attempt, IdentityRepository, type ListedIdentity } from './identity.repository.js';
import { type ProviderClaims, Providers } from './providers.js';
import { usernameCandidates } from './usernames.js';

/** `Retry-After` in seconds when a provider does not answer. */
const RETRY_AFTER = 10;

/** Why a visit to a provider did not sign in; part of the URL that the browser returns to. */
type Failure = 'denied' | 'expired' | 'registration-closed' | 'already-linked' | 'provider-error';

type Outcome =
  | { readonly kind: 'signed-in'; readonly refresh: RefreshTokenSource }
  | { readonly kind: 'linked' }
  | { readonly kind: 'failed'; readonly reason: Failure };

/** What the callback's request shows of the browser. */
interface Browser {
  readonly secret: string | null;
  /** The session of the refresh cookie; null without a valid one. */
  readonly session: string | null;
}

/** Sign-in with OpenID Connect providers, and the identities of users there. */
@Injectable()
export class IdentitiesService implements OnModuleInit {
  private readonly logger = new Logger(IdentitiesService.name);

  constructor(
    private readonly identities: IdentityRepository,
    private readonly providers: Providers,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly recent: RecentSignIn,
    private readonly limits: RateLimits,
    private readonly config: Config,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
    private readonly deletion: AccountDeletion,
  ) {}

  onModuleInit(): void {
    this.deletion.register((userId) => this.identities.removeSubjects(userId));
  }

  get available(): readonly OidcProvider[] {
    return this.providers.all;
  }

  /**
   * Begins a sign-in.
   *
   * @param browserSecret see `BrowserSecret`
   * @returns where the browser goes next: the provider's page, or back with an error
   * @throws providerNotFound, invalidParameters for a `return_to` of another origin
   */
  async beginSignIn(id: string, returnTo: string | undefined, browserSecret: string): Promise<string> {
    const provider = this.providers.get(id);
    const target = await this.targetOf(returnTo);
    try {
      return await this.begin(provider, target, browserSecret, null);
    } catch (error) {
      this.warn(provider, error);
      return withError(target, 'provider-error');
    }
  }

  /**
   * Begins to link an identity to the viewer's account.
   *
   * @returns the URL of the provider's page
   * @throws providerNotFound, invalidParameters, signInAgain, tooManyRequests
   */
  async beginLinking(
    viewer: SessionViewer,
    id: string,
    { returnTo, currentPassword }: { returnTo: string | undefined; currentPassword: string | undefined },
    browserSecret: string,
  ): Promise<string> {
    const target = await this.targetOf(returnTo);
    await this.recent.require(viewer, currentPassword);
    const provider = this.providers.get(id);
    try {
      return await this.begin(provider, target, browserSecret, viewer);
    } catch (error) {
      this.warn(provider, error);
      throw serviceUnavailable({ cause: error, retryAfter: RETRY_AFTER });
    }
  }

  /**
   * Ends a visit to a provider.
   *
   * @returns where the browser goes next, and the session if it has signed in
   * @throws providerNotFound, tooManyRequests
   */
  async finish(
    id: string,
    query: CallbackQuery,
    browser: Browser,
    device: Device,
  ): Promise<{ location: string; refresh: RefreshTokenSource | null }> {
    const provider = this.providers.get(id);
    const attempt = await this.take(id, query.state, browser.secret);
    if (attempt === undefined || browser.secret === null)
      return { location: withError(this.dashboard, 'expired'), refresh: null };
    // Another user, who has signed in meanwhile, would give the first one's account an identity of theirs.
    const isOfAnother =
      attempt.linkSession !== null && browser.session !== null && browser.session !== attempt.linkSession;
    const outcome = isOfAnother
      ? failed('expired')
      : await this.outcomeOf(provider, attempt, query, browser.secret, device);
    return {
      location: outcome.kind === 'failed' ? withError(attempt.returnTo, outcome.reason) : attempt.returnTo,
      refresh: outcome.kind === 'signed-in' ? outcome.refresh : null,
    };
  }

  async list(userId: string): Promise<ListedIdentity[]> {
    return this.identities.list(userId);
  }

  /** @throws signInAgain, identityNotFound, lastWayToSignIn, tooManyRequests */
  async unlink(viewer: SessionViewer, id: string, currentPassword: string | undefined): Promise<void> {
    await this.recent.require(viewer, currentPassword);
    await this.transactions.run(async () => {
      const user = await this.users.lock(viewer.userId);
      if (!(await this.identities.remove(user.id, id))) throw identityNotFound();
      const hasPassword = user.passwordHash !== null && user.passwordHash !== undefined;
      if (!hasPassword && (await this.identities.list(user.id)).length === 0) throw lastWayToSignIn();
      this.audit.record(actorOf(viewer), { action: 'account.unlink-identity', target: user.id });
    });
  }

  private get dashboard(): string {
    return `${this.config.publicUrl}/dashboard`;
  }

  private async begin(
    provider: OidcProvider,
    returnTo: string,
    browserSecret: string,
    link: SessionViewer | null,
  ): Promise<string> {
    const state = newState();
    const url = await this.providers.authorizationUrl(provider, visitOf(browserSecret, state));
    await this.identities.begin({
      stateHash: digest(state),
      browserHash: digest(browserSecret),
      provider: provider.id,
      returnTo,
      linkUser: link?.userId ?? null,
      linkSession: link?.sessionId ?? null,
    });
    return url;
  }

  private async take(
    provider: string,
    state: string | undefined,
    browserSecret: string | null,
  ): Promise<Attempt | undefined> {
    if (state === undefined || browserSecret === null) return undefined;
    return this.identities.take({ stateHash: digest(state), browserHash: digest(browserSecret), provider });
  }

  private async outcomeOf(
    provider: OidcProvider,
    attempt: Attempt,
    query: CallbackQuery,
    browserSecret: string,
    device: Device,
  ): Promise<Outcome> {
    if (query.error !== undefined)
      return failed(query.error === 'access_denied' ? 'denied' : 'provider-error');
    let claims: ProviderClaims;
    try {
      const parameters = new URLSearchParams(
        Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined),
      );
      claims = await this.providers.claims(provider, parameters, visitOf(browserSecret, query.state ?? ''));
    } catch (error) {
      this.warn(provider, error);
      return failed('provider-error');
    }
    const key = digest(`${claims.issuer}\n${claims.subject}`);
    const { linkUser, linkSession } = attempt;
    return linkUser !== null && linkSession !== null
      ? this.link(provider, key, { userId: linkUser, sessionId: linkSession, ip: device.ip })
      : this.signIn(provider, key, claims, device);
  }

  /** Links an identity to the account of a session, if that session is still open. */
  private async link(
    provider: OidcProvider,
    key: string,
    viewer: { userId: string; sessionId: string; ip: string },
  ): Promise<Outcome> {
    return this.transactions.run(async () => {
      const user = await this.users.findLocked(viewer.userId);
      if (user === null || !(await this.sessions.isOpen(viewer))) return failed('expired');
      if (user.suspended) return failed('denied');
      if ((await this.identities.claim(key, user.id)) !== user.id) return failed('already-linked');
      if (!(await this.identities.has(user.id, key))) {
        await this.identities.add({ userId: user.id, id: randomUUID(), provider: provider.id, key });
        this.audit.record(actorOf(viewer), {
          action: 'account.link-identity',
          target: user.id,
          after: { provider: provider.id },
        });
      }
      return { kind: 'linked' };
    });
  }

  private async signIn(
    provider: OidcProvider,
    key: string,
    claims: ProviderClaims,
    device: Device,
  ): Promise<Outcome> {
    const known = await this.identities.findUser(key);
    if (known === undefined && this.config.registration !== 'open') return failed('registration-closed');
    const userId = known ?? (await this.register(provider, key, claims, device));
    const refresh = await this.sessions.openForIdentity(userId, device);
    // The account was suspended, or deleted in this moment.
    if (refresh === null) return failed('denied');
    await this.identities.touch(userId, key);
    return { kind: 'signed-in', refresh };
  }

  /**
   * Creates an account for an identity. Never joins it to an account that has the same address: whoever controls a
   * provider's account could take over an account here.
   */
  private async register(
    provider: OidcProvider,
    key: string,
    claims: ProviderClaims,
    device: Device,
  ): Promise<string> {
    await this.limits.spend('register', addressKey(device.ip));
    const { firstName, lastName, verifiedEmail } = claims;
    return this.users.registerIdentity(
      { usernames: usernameCandidates(claims.names), verifiedEmail, firstName, lastName },
      (id) => this.identities.claim(key, id),
      async (id) => {
        await this.identities.add({ userId: id, id: randomUUID(), provider: provider.id, key });
        this.audit.record(
          { id, ip: device.ip },
          {
            action: 'account.link-identity',
            target: id,
            after: { provider: provider.id },
          },
        );
      },
    );
  }

  /** @throws invalidParameters for a URL that is none, or whose origin is not a frontend's */
  private async targetOf(returnTo: string | undefined): Promise<string> {
    if (returnTo === undefined) return this.dashboard;
    const url = URL.canParse(returnTo) ? new URL(returnTo) : null;
    const isTrusted =
      url !== null &&
      url.username + url.password === '' &&
      (this.config.trustedOrigins.includes(originOf(url)) ||
        (await this.identities.frontends()).some(
          (frontend) => originOf(new URL(frontend)) === originOf(url),
        ));
    if (url === null || !isTrusted) {
      throw invalidParameters({
        details: [{ field: 'return_to', messages: ['return_to must be a URL of a known frontend'] }],
      });
    }
    url.hash = '';
    return url.href;
  }

  private warn({ id }: OidcProvider, error: unknown): void {
    const { code, name } = error as { code?: unknown; name?: unknown };
    this.logger.warn(`Sign-in with ${id} failed: ${String(code ?? name)}`);
  }
}

function failed(reason: Failure): Outcome {
  return { kind: 'failed', reason };
}

function withError(url: string, reason: Failure): string {
  return `${url}#error=${reason}`;
}

/** The origin of a URL. Those of app shells, such as `capacitor:`, are opaque to `URL.origin`. */
function originOf(url: URL): string {
  return url.origin === 'null' ? `${url.protocol}//${url.host}` : url.origin;
}
