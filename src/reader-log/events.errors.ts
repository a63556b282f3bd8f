import { defineError } from '../http/app-error.js';

export const eventNotFound = defineError(404, 'Event not found');
export const changedSince = defineError(409, 'Changed since');
/** Also of the routes that add a read. */
export const tooManyReads = defineError(409, 'Read limit reached');
export const tooLateToUndo = defineError(410, 'Too late to undo');
