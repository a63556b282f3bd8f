import { defineError } from '../http/app-error.js';

export const tokenNotFound = defineError(404, 'Token not found');
export const tokenLimitReached = defineError(409, 'Token limit reached');
