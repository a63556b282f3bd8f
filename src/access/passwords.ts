import { Algorithm, hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';

/** Maximum length of a password in bytes; longer ones are refused before they are hashed. */
export const MAX_PASSWORD_BYTES = 512;

/** argon2id with 19 MiB, 2 passes, 1 lane, as OWASP recommends: about 20 ms per hash. */
const COST = { algorithm: 2 satisfies Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes and checks passwords, off the event loop. */
@Injectable()
export class Passwords {
  /** Verified for an unknown user, so that the response takes as long as for an existing one. */
  private readonly dummyHash = hash('nobody has this password', COST);

  /**
   * A PHC string with a random salt. The password is normalized to NFC, because keyboards produce different Unicode
   * forms.
   */
  async hash(password: string): Promise<string> {
    return hash(password.normalize('NFC'), COST);
  }

  /**
   * Whether the password matches the hash. Without a hash it returns false after the same time. Earlier versions hashed
   * passwords without normalization, so that a password that is not in NFC is tried in both forms.
   */
  async matches(password: string, hashed: string | null): Promise<boolean> {
    const stored = hashed ?? (await this.dummyHash);
    const forms = new Set([password.normalize('NFC'), password]);
    let matches = false;
    for (const form of forms) matches = (await verify(stored, form)) || matches;
    return matches && hashed !== null;
  }
}
