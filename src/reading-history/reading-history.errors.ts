import { defineError } from '../http/app-error.js';

export const readingStatusExists = defineError(409, 'Reading status already exists for this series');
export const readingStatusMissing = defineError(404, 'Reading status does not exist for this series');
