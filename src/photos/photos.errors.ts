import { defineError } from '../http/app-error.js';

export const photoNotFound = defineError(404, 'Photo not found');
export const photoLimitReached = defineError(409, 'Photo limit reached');

/** Errors of family D, with their own codes. */
export const missingWebsiteId = defineError(401, 'Missing website id.', '372');
export const invalidWebsiteId = defineError(401, 'Invalid website id.', '221');
export const invalidClientKey = defineError(401, 'Invalid web API client key.', '226');
export const invalidUserId = defineError(400, 'Invalid user id.', '261');
export const malformedPhotoId = defineError(400, 'Invalid Photo Id', '327');
export const unknownPhotoId = defineError(404, 'Invalid Photo Id', '327');
