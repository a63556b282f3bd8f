import { defineError } from '../http/app-error.js';

export const readNotBegun = defineError(409, 'Read has not begun');
export const readNotFound = defineError(404, 'Read not found');
export const readIsCurrent = defineError(409, 'Current read');
