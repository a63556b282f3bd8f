import { defineError } from '../http/app-error.js';

export const invalidImage = defineError(400, 'Invalid image');
export const noFileUploads = defineError(503, 'This service is not handling file uploads.');
