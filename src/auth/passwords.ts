import { Algorithm, hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';

/** argon2id with 19 MiB, 2 passes, 1 lane: OWASP's first choice; some 20 ms a hash. */
const COST = { algorithm: 2 satisfies Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes and checks passwords, off the event loop. */
@Injectable()
export class Passwords {
  /** What an unknown user's password is checked against, so that it takes as long as a known one's. */
  private readonly decoy = hash('nobody has this password', COST);

  /** A PHC string with its own salt. */
  async hash(password: string): Promise<string> {
    return hash(password, COST);
  }

  /** Whether the password is the one; always false, after the same time, when there is no hash. */
  async matches(password: string, hashed: string | undefined): Promise<boolean> {
    const right = await verify(hashed ?? (await this.decoy), password);
    return right && hashed !== undefined;
  }
}
