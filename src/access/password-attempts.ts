import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { addressKey } from '../http/client-address.js';
import { type LimitedKey, RateLimits } from '../limits/rate-limits.js';

/** A password that is about to be checked. Its points are spent: it counts as failed unless one of these is called. */
export interface PasswordAttempt {
  /** The password was right: clears the failures of this account from this address. */
  succeed(): Promise<void>;
  /** The password was right, but did not sign in: this attempt does not count. */
  excuse(): Promise<void>;
}

/** Limits wrong passwords: for an account from an address, for an address, and for an account. */
@Injectable()
export class PasswordAttempts {
  constructor(private readonly limits: RateLimits) {}

  /**
   * Spends the points of an attempt. They are spent before the password is verified, so that of 100 concurrent guesses
   * only ten are verified.
   *
   * @param account the id of the account, or the key of the name if no account has it
   * @throws tooManyRequests
   */
  async begin(account: string, ip: string): Promise<PasswordAttempt> {
    const keys = limitedKeys(account, addressKey(ip));
    await this.limits.spendAll([keys.pair]);
    await this.limits.spendAll(keys.others).catch(async (error: unknown) => {
      await this.limits.refund([keys.pair]);
      throw error;
    });
    return {
      succeed: async () => {
        await this.limits.refund(keys.others);
        await this.limits.clear(keys.pair);
      },
      excuse: () => this.limits.refund([keys.pair, ...keys.others]),
    };
  }
}

/** The three rate-limit keys of a failed attempt. */
function limitedKeys(account: string, address: string): { pair: LimitedKey; others: LimitedKey[] } {
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
