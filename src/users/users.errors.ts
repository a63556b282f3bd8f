import { refusal } from '../http/app-error.js';

export const usernameTaken = refusal(409, 'Username already taken');
export const emailTaken = refusal(409, 'Email already taken');
export const lastAdministrator = refusal(409, 'Cannot remove the last administrator');
