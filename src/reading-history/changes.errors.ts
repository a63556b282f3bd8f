import { defineError } from '../http/app-error.js';

export const cursorExpired = defineError(410, 'Cursor has expired');
