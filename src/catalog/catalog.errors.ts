import { refusal } from '../http/app-error.js';

export const seriesNotFound = refusal(404, 'Series not found');
export const volumeNotFound = refusal(404, 'Volume not found');
