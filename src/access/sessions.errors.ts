import { defineError } from '../http/app-error.js';

export const sessionNotFound = defineError(404, 'Session not found');
