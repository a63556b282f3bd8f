import { defineError } from '../http/app-error.js';

export const registrationClosed = defineError(403, 'Registration is closed');
export const invalidInvitation = defineError(403, 'Invalid invitation');
export const invitationNotFound = defineError(404, 'Invitation not found');
