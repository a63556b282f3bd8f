import { defineError } from '../http/app-error.js';

/** The sign-in of the session is too old for this change. */
export const signInAgain = defineError(403, 'Sign in again');
export const sessionNotFound = defineError(404, 'Session not found');
