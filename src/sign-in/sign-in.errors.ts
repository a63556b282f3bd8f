import { defineError } from '../http/app-error.js';

export const invalidCredentials = defineError(401, 'Invalid credentials');
