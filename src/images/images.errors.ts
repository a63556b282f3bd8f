import { refusal } from '../http/app-error.js';

export const invalidImage = refusal(400, 'Invalid image');
