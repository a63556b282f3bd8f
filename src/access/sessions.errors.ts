import { refusal } from '../http/app-error.js';

export const sessionNotFound = refusal(404, 'Session not found');
