import { createHmac, timingSafeEqual } from 'node:crypto';

const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');

/** Signs a JWT with HS256. */
export function signed(claims, key) {
  const text = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
}

/** Bytes of a position in the changes of a user: a version and a time. */
const POSITION = 12;
const MAC = 16;

/** A position in the changes of a user as a signed text. */
export function cursorOf(user, { after, since }, key) {
  const position = Buffer.alloc(POSITION);
  position.writeUIntBE(after, 0, 6);
  position.writeUIntBE(since, 6, 6);
  return Buffer.concat([position, macOf(user, position, key)]).toString('base64url');
}

/** The position of a cursor; null for one that was not signed for this user. */
export function positionOf(user, cursor, key) {
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.length !== POSITION + MAC) return null;
  const position = bytes.subarray(0, POSITION);
  if (!timingSafeEqual(bytes.subarray(POSITION), macOf(user, position, key))) return null;
  return { after: position.readUIntBE(0, 6), since: position.readUIntBE(6, 6) };
}

function macOf(user, position, key) {
  const hmac = createHmac('sha256', key).update(`changes-cursor ${user} `).update(position);
  return hmac.digest().subarray(0, MAC);
}
