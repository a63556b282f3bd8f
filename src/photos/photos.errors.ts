import { refusal } from '../http/app-error.js';

export const photoNotFound = refusal(404, 'Photo not found');
export const photoLimitReached = refusal(409, 'Photo limit reached');

/** Family D's refusals, with its own codes. */
export const missingWebsiteId = refusal(401, 'Missing website id.', '372');
export const invalidWebsiteId = refusal(401, 'Invalid website id.', '221');
export const invalidClientKey = refusal(401, 'Invalid web API client key.', '226');
export const invalidUserId = refusal(400, 'Invalid user id.', '261');
export const malformedPhotoId = refusal(400, 'Invalid Photo Id', '327');
export const unknownPhotoId = refusal(404, 'Invalid Photo Id', '327');
