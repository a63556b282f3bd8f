import { invalidParameters, defineError } from '../http/app-error.js';

export const clientNotFound = defineError(404, 'Client not found');
export const clientInUse = defineError(409, 'Client is in use');

/** The error for a client that is not registered, or disabled. */
export function unknownClient() {
  return invalidParameters({
    details: [{ field: 'client', messages: ['client is not a registered client'] }],
  });
}
