import { defineError } from '../http/app-error.js';

export const usernameTaken = defineError(409, 'Username already taken');
export const emailTaken = defineError(409, 'Email already taken');
export const lastAdministrator = defineError(409, 'Cannot remove the last administrator');
