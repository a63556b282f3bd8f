import { refusal } from '../http/app-error.js';

export const invalidCredentials = refusal(401, 'Invalid credentials');
