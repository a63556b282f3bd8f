import { Algorithm, hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';

/** argon2id with 19 MiB, 2 passes, 1 lane: OWASP's first choice; some 20 ms a hash. */
const COST = { algorithm: 2 satisfies Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes and checks passwords, off the event loop. */
@Injectable()
export class Passwords {
  /** What an unknown user's password is checked against, so that it takes as long as a known one's. */
  private readonly decoy = hash('nobody has this password', COST);

  /** A PHC string with its own salt, of the password in Unicode form NFC: keyboards type the same letter in two forms. */
  async hash(password: string): Promise<string> {
    return hash(password.normalize('NFC'), COST);
  }

  /**
   * Whether the password is the one; always false, after the same time, when there is no hash. Passwords of earlier
   * versions were hashed as they were typed, so that one that differs from its NFC is tried in both forms.
   */
  async matches(password: string, hashed: string | undefined): Promise<boolean> {
    const stored = hashed ?? (await this.decoy);
    const forms = new Set([password.normalize('NFC'), password]);
    let right = false;
    for (const form of forms) right = (await verify(stored, form)) || right;
    return right && hashed !== undefined;
  }
}
