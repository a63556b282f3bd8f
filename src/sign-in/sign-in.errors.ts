import { defineError } from '../http/app-error.js';

export const invalidCredentials = defineError(401, 'Invalid credentials');
/** The password was right, and the account has a second factor. */
export const secondFactorRequired = defineError(401, 'Second factor required');
export const wrongSecondFactor = defineError(401, 'Invalid second factor');
