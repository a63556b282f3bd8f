import { defineError } from '../http/app-error.js';

export const avatarExists = defineError(409, 'Avatar already exists');
export const avatarNotFound = defineError(404, 'Avatar not found');
