import { defineError } from '../http/app-error.js';

export const invalidToken = defineError(400, 'Invalid or expired token');
