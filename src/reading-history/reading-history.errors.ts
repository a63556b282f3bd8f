import { refusal } from '../http/app-error.js';

export const readingStatusExists = refusal(409, 'Reading status already exists for this series');
export const readingStatusMissing = refusal(404, 'Reading status does not exist for this series');
