import { defineError } from '../http/app-error.js';

export const ratingExists = defineError(409, 'Rating already exists for this series');
export const ratingMissing = defineError(404, 'Rating does not exist for this series');
