import { defineError, defineErrorWithBody } from '../http/app-error.js';
import { EntryConflictDto } from './reading-entry.dto.js';

export const readingStatusExists = defineError(409, 'Reading status already exists for this series');
export const readingStatusMissing = defineError(404, 'Reading status does not exist for this series');
export const readingStatusChanged = defineErrorWithBody(412, 'Reading status has changed', EntryConflictDto);
