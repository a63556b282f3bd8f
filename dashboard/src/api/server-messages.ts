import type { Message } from './client';

/** The message of a sign-in that needs a code, too. */
export const SECOND_FACTOR_REQUIRED: Message = 'Second factor required';

/** The message of a change that needs a recent sign-in, or the password. */
export const SIGN_IN_AGAIN: Message = 'Sign in again';
