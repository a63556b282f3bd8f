import { refusal } from '../http/app-error.js';

export const invalidImage = refusal(400, 'Invalid image');
export const noFileUploads = refusal(503, 'This service is not handling file uploads.');
