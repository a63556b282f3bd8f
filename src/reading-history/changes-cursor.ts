import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { TOKEN_KEY } from '../access/tokens.js';

/** A position in the changes of a reader. */
export interface Position {
  /** The version after which changes are returned. */
  readonly after: number;
  /**
   * Milliseconds since 1970 from which on the client lacks deletions: when the last complete run began. A run of many
   * pages keeps it, so that no deletion is forgotten in between.
   */
  readonly since: number;
}

const PAYLOAD = 12;
const MAC = 16;

/** Reads and writes cursors: position and time with a message authentication code that is bound to the reader. */
@Injectable()
export class ChangesCursor {
  constructor(@Inject(TOKEN_KEY) private readonly key: KeyObject) {}

  write(userId: string, { after, since }: Position): string {
    const payload = Buffer.alloc(PAYLOAD);
    payload.writeUIntBE(after, 0, 6);
    payload.writeUIntBE(since, 6, 6);
    return Buffer.concat([payload, this.mac(userId, payload)]).toString('base64url');
  }

  /** @returns null for a cursor that is malformed, altered or another reader's */
  read(userId: string, cursor: string): Position | null {
    const bytes = Buffer.from(cursor, 'base64url');
    // Decoding is lenient: only the canonical text is a cursor.
    if (bytes.length !== PAYLOAD + MAC || bytes.toString('base64url') !== cursor) return null;
    const payload = bytes.subarray(0, PAYLOAD);
    if (!timingSafeEqual(bytes.subarray(PAYLOAD), this.mac(userId, payload))) return null;
    return { after: payload.readUIntBE(0, 6), since: payload.readUIntBE(6, 6) };
  }

  private mac(userId: string, payload: Buffer): Buffer {
    const hmac = createHmac('sha256', this.key).update(`changes-cursor ${userId} `).update(payload);
    return hmac.digest().subarray(0, MAC);
  }
}
