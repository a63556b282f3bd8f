import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { unknownClient } from '../clients/clients.errors.js';
import { Sql } from '../database/sql.js';
import { AppError, idempotencyKeyReused, requestInProgress } from '../http/app-error.js';
import { familyOf, renderError } from '../http/families.js';
import { RateLimits } from '../limits/rate-limits.js';
import { OldRows } from '../jobs/old-rows.js';
import { AccountDeletion } from '../users/account-deletion.js';
import { IdempotencyRepository, type StoredAnswer } from './idempotency.repository.js';

/** Milliseconds for which a request waits for an earlier one with the same key. */
const PATIENCE = 2_000;
/** Milliseconds between two looks at a key that another node is working on. */
const PAUSE = 50;
/** The statuses of errors that are stored; others do not use up a key. */
const STORED_ERRORS = new Set([404, 409, 410, 412]);

/** A request with an `Idempotency-Key`. */
export interface KeyedRequest {
  readonly userId: string;
  readonly key: string;
  readonly fingerprint: string;
  /** The client that the body names; null without one. */
  readonly client: number | null;
  readonly path: string;
}

/** An answer: of the work, or the stored one of an earlier request. */
export interface KeyedAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly isReplayed: boolean;
}

/** The answer of the work, or the error that it ended with. */
type Outcome = KeyedAnswer | { readonly error: AppError };

/** Makes sure that requests with the same key do their work once. */
@Injectable()
export class IdempotencyService implements OnModuleInit {
  /** The requests that this node is working on, by user and key, so that others wait without a connection. */
  private readonly atWork = new Map<string, Promise<unknown>>();

  constructor(
    private readonly keys: IdempotencyRepository,
    private readonly sql: Sql,
    private readonly limits: RateLimits,
    private readonly deletion: AccountDeletion,
    private readonly oldRows: OldRows,
  ) {}

  onModuleInit(): void {
    this.deletion.register((userId) => this.keys.deleteAll(userId));
    this.oldRows.register((limit) => this.keys.deleteOld(limit));
  }

  /**
   * Runs `work` and stores its answer in one transaction, or returns the stored answer.
   *
   * @param work returns status and body of a successful answer
   * @throws unknownClient, idempotencyKeyReused, requestInProgress, tooManyRequests, and the errors of the work
   */
  async run(
    request: KeyedRequest,
    work: () => Promise<{ status: number; body: unknown }>,
  ): Promise<KeyedAnswer> {
    const deadline = Date.now() + PATIENCE;
    const id = `${request.userId} ${request.key}`;
    for (;;) {
      const earlier = this.atWork.get(id);
      if (earlier !== undefined) {
        await Promise.race([earlier, sleep(Math.max(0, deadline - Date.now()), undefined, { ref: false })]);
        if (this.atWork.get(id) === earlier) throw requestInProgress({ retryAfter: 1 });
      }
      const replay = await this.find(request);
      if (replay !== null) return replay;
      // Another request may have begun while this one looked the key up.
      if (this.atWork.has(id)) continue;
      const attempt = this.attempt(request, work).finally(() => this.atWork.delete(id));
      this.atWork.set(
        id,
        attempt.catch(() => undefined),
      );
      const outcome = await attempt;
      if (outcome !== null) {
        if ('error' in outcome) throw outcome.error;
        return outcome;
      }
      // Another node is working on the key.
      if (Date.now() >= deadline) throw requestInProgress({ retryAfter: 1 });
      await sleep(PAUSE);
    }
  }

  /** @returns null if another node holds the key */
  private async attempt(
    request: KeyedRequest,
    work: () => Promise<{ status: number; body: unknown }>,
  ): Promise<Outcome | null> {
    const { userId, key, fingerprint } = request;
    return this.sql.transaction(async () => {
      if (!(await this.keys.tryLock(userId, key))) return null;
      const replay = await this.find(request);
      if (replay !== null) return replay;
      const outcome = await this.outcomeOf(work);
      await this.limits.spend('idempotencyKeys', userId);
      await this.keys.store(userId, key, { fingerprint, ...stored(outcome, request.path) });
      return outcome;
    });
  }

  /** Errors that are stored do not end the transaction. */
  private async outcomeOf(work: () => Promise<{ status: number; body: unknown }>): Promise<Outcome> {
    try {
      return { ...(await this.sql.savepoint(work)), isReplayed: false };
    } catch (error) {
      if (error instanceof AppError && STORED_ERRORS.has(error.definition.status)) return { error };
      throw error;
    }
  }

  /** The stored answer; null if there is none. @throws unknownClient, idempotencyKeyReused */
  private async find({ userId, key, fingerprint, client }: KeyedRequest): Promise<KeyedAnswer | null> {
    const { stored, clientKnown } = await this.keys.find(userId, key, client);
    if (!clientKnown) throw unknownClient();
    if (stored === null) return null;
    if (stored.fingerprint !== fingerprint) throw idempotencyKeyReused();
    const body: unknown = stored.body === '' ? undefined : JSON.parse(stored.body);
    return { status: stored.status, body, isReplayed: true };
  }
}

/** Status and body of an outcome, as they are stored. */
function stored(outcome: Outcome, path: string): Omit<StoredAnswer, 'fingerprint'> {
  if (!('error' in outcome)) {
    const { status, body } = outcome;
    return { status, body: body === undefined ? '' : JSON.stringify(body) };
  }
  const { error } = outcome;
  return { status: error.definition.status, body: JSON.stringify(renderError(familyOf(path), error)) };
}
