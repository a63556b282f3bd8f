import { defineError } from '../http/app-error.js';

/** For a file in none of the formats. Its details list them. */
export const unknownFormat = defineError(400, 'Unknown format');
export const importNotFound = defineError(404, 'Import not found');
export const rowNotFound = defineError(404, 'Row not found');
export const importNotReady = defineError(409, 'Import is not ready');
