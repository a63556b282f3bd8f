import { defineError } from '../http/app-error.js';

export const providerNotFound = defineError(404, 'Provider not found');
export const identityNotFound = defineError(404, 'Identity not found');
export const lastWayToSignIn = defineError(409, 'Last way to sign in');
