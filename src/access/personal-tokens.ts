import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { TokenScope } from '../accounts/personal-token.entity.js';
import { type PersonalToken, newPersonalToken, readPersonalToken } from './personal-token.js';
import { type ListedToken, PersonalTokenRepository, type TokenState } from './personal-token.repository.js';

/** Number of tokens whose requests are counted for the token instead of the address. */
const KNOWN_TOKENS = 20_000;

/** The personal tokens of users. */
@Injectable()
export class PersonalTokens {
  private readonly logger = new Logger(PersonalTokens.name);
  /** The ids of valid tokens by their hashes, for the limit of requests, which must not wait for the database. */
  private readonly known = new LRUCache<string, string>({ max: KNOWN_TOKENS });

  constructor(private readonly tokens: PersonalTokenRepository) {}

  /**
   * The state of a token that a request carries; null if it is malformed, unknown, expired or revoked.
   *
   * @param permission the permission that the route requires
   */
  async authenticate(
    text: string,
    permission: string | undefined,
  ): Promise<{ userId: string; state: TokenState } | null> {
    const token = readPersonalToken(text);
    const state = token === null ? undefined : await this.tokens.find(token, permission);
    if (token === null || state === undefined) return null;
    this.known.set(token.hash, state.id);
    if (state.stale) this.touch(token, state.id);
    return { userId: token.userId, state };
  }

  /** The id of a token that was valid at an earlier request to this node; null for any other text. */
  knownId(text: string): string | null {
    const token = readPersonalToken(text);
    return (token && this.known.get(token.hash)) ?? null;
  }

  async list(userId: string): Promise<ListedToken[]> {
    return this.tokens.list(userId);
  }

  async count(userId: string): Promise<number> {
    return this.tokens.count(userId);
  }

  /** Creates a token in the open transaction. */
  async create(
    userId: string,
    { name, scopes, expires }: { name: string; scopes: readonly TokenScope[]; expires: Date | null },
  ): Promise<ListedToken & { token: string }> {
    const { token, hash } = newPersonalToken(userId);
    const id = randomUUID();
    await this.tokens.add({ userId, id, name, hash, scopes, expires: expires?.toISOString() ?? null });
    const row = await this.tokens.get(userId, id);
    if (row === undefined) throw new Error('The new token is gone');
    return { ...row, token };
  }

  /** Ends a token in the open transaction. @returns whether the user had it */
  async end(userId: string, id: string): Promise<boolean> {
    return this.tokens.remove(userId, id);
  }

  /** Ends all tokens of a user, in the open transaction. */
  async endAll(userId: string): Promise<void> {
    await this.tokens.removeAll(userId);
  }

  /** Records the time of use. Not awaited, because the response does not depend on it. */
  private touch({ userId }: PersonalToken, id: string): void {
    this.tokens.touch(userId, id).catch((error: unknown) => this.logger.warn(String(error)));
  }
}
