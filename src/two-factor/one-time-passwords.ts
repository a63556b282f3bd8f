import { createHash, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

/** Seconds of a time step, and the steps by which a clock may differ. */
const PERIOD = 30;
export const DRIFT = 1;
/** Bytes of a secret: as many as SHA-1 has, which is the only algorithm that all authenticator apps know. */
const SECRET_BYTES = 20;
const RECOVERY_CODES = 10;
const RECOVERY_CODE_BYTES = 10;

function totp(secret: string, label?: string): TOTP {
  return new TOTP({
    issuer: 'Tankobon',
    ...(label === undefined ? {} : { label }),
    algorithm: 'SHA1',
    digits: 6,
    period: PERIOD,
    secret: Secret.fromBase32(secret),
  });
}

/** A new secret in base32. */
export function newSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** The URI that authenticator apps read from a QR code. */
export function uriOf(secret: string, username: string): string {
  return totp(secret, username).toString();
}

/** The time step that a code belongs to; null if it is not a current code of the secret. */
export function stepOf(secret: string, code: string, now = Date.now()): number | null {
  const delta = totp(secret).validate({ token: code, timestamp: now, window: DRIFT });
  return delta === null ? null : Math.floor(now / 1000 / PERIOD) + delta;
}

/** Makes recovery codes: 80 random bits each, in groups of four characters. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const text = new Secret({ buffer: new Uint8Array(randomBytes(RECOVERY_CODE_BYTES)).buffer }).base32;
    return (text.match(/.{4}/g) as string[]).join('-').toLowerCase();
  });
}

/** The hash of a recovery code, in any spelling. */
export function recoveryHash(code: string): string {
  const plain = code.replace(/[\s-]/g, '').toUpperCase();
  return createHash('sha256').update(plain).digest('hex');
}
