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

/** A cursor as a client sends it. */
export interface Cursor extends Position {
  /** The epoch of the installation that wrote it; null before its first restore. */
  readonly epoch: string | null;
  /** Whether this installation wrote it for this reader. */
  isGenuine(userId: string): boolean;
}

const POSITION = 12;
const EPOCH = 6;
const MAC = 16;

/**
 * Reads and writes cursors: position, time and the epoch of the installation, with a message authentication code that
 * is bound to the reader.
 */
@Injectable()
export class ChangesCursor {
  constructor(@Inject(TOKEN_KEY) private readonly key: KeyObject) {}

  /** @param epoch the epoch of the installation, 12 hexadecimal digits; null before its first restore */
  write(userId: string, { after, since }: Position, epoch: string | null): string {
    const payload = Buffer.alloc(POSITION);
    payload.writeUIntBE(after, 0, 6);
    payload.writeUIntBE(since, 6, 6);
    const content = epoch === null ? payload : Buffer.concat([payload, Buffer.from(epoch, 'hex')]);
    return Buffer.concat([content, this.mac(userId, content)]).toString('base64url');
  }

  /** @returns null for a text that is no cursor */
  read(text: string): Cursor | null {
    const bytes = Buffer.from(text, 'base64url');
    const length = bytes.length - MAC;
    // Decoding is lenient: only the canonical text is a cursor.
    if (![POSITION, POSITION + EPOCH].includes(length) || bytes.toString('base64url') !== text) return null;
    const content = bytes.subarray(0, length);
    return {
      after: content.readUIntBE(0, 6),
      since: content.readUIntBE(6, 6),
      epoch: length === POSITION ? null : content.toString('hex', POSITION),
      isGenuine: (userId) => timingSafeEqual(bytes.subarray(length), this.mac(userId, content)),
    };
  }

  private mac(userId: string, content: Buffer): Buffer {
    const hmac = createHmac('sha256', this.key).update(`changes-cursor ${userId} `).update(content);
    return hmac.digest().subarray(0, MAC);
  }
}
