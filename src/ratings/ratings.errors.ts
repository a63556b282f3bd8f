import { refusal } from '../http/app-error.js';

export const ratingExists = refusal(409, 'Rating already exists for this series');
export const ratingMissing = refusal(404, 'Rating does not exist for this series');
