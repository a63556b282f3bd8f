import { defineError } from '../http/app-error.js';

export const invalidSecondFactor = defineError(400, 'Invalid second factor');
export const twoFactorOn = defineError(409, 'Two-factor is on already');
export const twoFactorOff = defineError(409, 'Two-factor is off');
