import { refusal } from '../http/app-error.js';

export const avatarExists = refusal(409, 'Avatar already exists');
export const avatarNotFound = refusal(404, 'Avatar not found');
