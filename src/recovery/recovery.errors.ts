import { defineError, invalidParameters } from '../http/app-error.js';

export const emailVerified = defineError(409, 'Email already verified');

/** The error for a user who has no address to verify. */
export function noEmail() {
  return invalidParameters({ details: [{ field: 'email', messages: ['the account has no email'] }] });
}
