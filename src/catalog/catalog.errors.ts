import { defineError } from '../http/app-error.js';

export const seriesNotFound = defineError(404, 'Series not found');
export const volumeNotFound = defineError(404, 'Volume not found');
