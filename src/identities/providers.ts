import { Injectable } from '@nestjs/common';
import { isEmail } from 'class-validator';
import * as oidc from 'openid-client';
import { Config, type OidcProvider } from '../config.js';
import { hasBlankCharacters } from '../http/typed-text.js';
import { providerNotFound } from './identities.errors.js';

/** Maximum lengths in code points, as for registrations. */
const MAX_NAME = 20;
const MAX_EMAIL = 50;
/** Seconds that a provider has for an answer. */
const TIMEOUT = 10;

/** What a provider says about the user who has signed in there. */
export interface ProviderClaims {
  readonly issuer: string;
  readonly subject: string;
  /** Set only if the provider has verified the address. */
  readonly verifiedEmail: string | null;
  /** Texts that may serve as a username, best first. */
  readonly names: readonly string[];
  readonly firstName: string | null;
  readonly lastName: string | null;
}

/** The secrets of one visit to a provider. */
export interface Visit {
  readonly state: string;
  readonly nonce: string;
  /** The verifier of PKCE (RFC 7636). */
  readonly verifier: string;
}

/** The configured OpenID Connect providers. Each is discovered when it is first used, and again after a failure. */
@Injectable()
export class Providers {
  private readonly discovered = new Map<string, Promise<oidc.Configuration>>();

  constructor(private readonly config: Config) {}

  get all(): readonly OidcProvider[] {
    return this.config.oidcProviders;
  }

  /** @throws providerNotFound */
  get(id: string): OidcProvider {
    const provider = this.all.find((one) => one.id === id);
    if (provider === undefined) throw providerNotFound();
    return provider;
  }

  /** The URL of the provider's page for signing in. @throws Error if the provider does not answer */
  async authorizationUrl(provider: OidcProvider, { state, nonce, verifier }: Visit): Promise<string> {
    const url = oidc.buildAuthorizationUrl(await this.discover(provider), {
      redirect_uri: this.callbackUrl(provider),
      scope: 'openid profile email',
      response_type: 'code',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    return url.href;
  }

  /**
   * Exchanges the code of a callback for the provider's claims.
   *
   * @param parameters the query of the callback
   * @throws Error if the provider does not answer, or if anything in the response is not as expected
   */
  async claims(
    provider: OidcProvider,
    parameters: URLSearchParams,
    { state, nonce, verifier }: Visit,
  ): Promise<ProviderClaims> {
    const callback = new URL(`${this.callbackUrl(provider)}?${parameters.toString()}`);
    const tokens = await oidc.authorizationCodeGrant(await this.discover(provider), callback, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    const identity = tokens.claims();
    if (identity === undefined) throw new Error('The provider sent no ID token');
    const claims = await this.withUserInfo(provider, identity, tokens.access_token);
    const text = (name: string) => cleaned(claims[name]);
    const email = text('email');
    return {
      issuer: identity.iss,
      subject: identity.sub,
      verifiedEmail: claims['email_verified'] === true && isAddress(email) ? email : null,
      names: [
        text('preferred_username'),
        text('nickname'),
        text('name'),
        email?.split('@')[0] ?? null,
      ].filter((name) => name !== null),
      firstName: shortened(text('given_name')),
      lastName: shortened(text('family_name')),
    };
  }

  /** The claims of the ID token; providers that send no others there have them at an endpoint. */
  private async withUserInfo(
    provider: OidcProvider,
    identity: oidc.IDToken,
    accessToken: string,
  ): Promise<Readonly<Record<string, unknown>>> {
    const configuration = await this.discover(provider);
    const hasEndpoint = configuration.serverMetadata().userinfo_endpoint !== undefined;
    if (identity['email'] !== undefined || !hasEndpoint) return identity;
    return { ...identity, ...(await oidc.fetchUserInfo(configuration, accessToken, identity.sub)) };
  }

  private callbackUrl({ id }: OidcProvider): string {
    return `${this.config.publicUrl}/auth/oidc/${id}/callback`;
  }

  private async discover(provider: OidcProvider): Promise<oidc.Configuration> {
    const { id, issuer, clientId, clientSecret } = provider;
    const known =
      this.discovered.get(id) ??
      oidc.discovery(new URL(issuer), clientId, clientSecret, undefined, {
        timeout: TIMEOUT,
        // The configuration admits http for a loopback host only.
        execute: issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : [],
      });
    this.discovered.set(id, known);
    try {
      return await known;
    } catch (error) {
      if (this.discovered.get(id) === known) this.discovered.delete(id);
      throw error;
    }
  }
}

/** A text without control characters; null if it is none, or blank. */
function cleaned(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.replace(/[\p{Cc}\p{Cs}]/gu, '').trim();
  return text === '' ? null : text;
}

/** A name, cut to the length that accounts allow. */
function shortened(text: string | null): string | null {
  return text && [...text].slice(0, MAX_NAME).join('');
}

/** Whether a text is an address that an account could have. */
function isAddress(email: string | null): boolean {
  return email !== null && isEmail(email) && !hasBlankCharacters(email) && [...email].length <= MAX_EMAIL;
}
