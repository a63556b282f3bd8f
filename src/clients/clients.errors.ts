import { invalidParameters, refusal } from '../http/app-error.js';

export const clientNotFound = refusal(404, 'Client not found');
export const clientInUse = refusal(409, 'Client is in use');

/** A client that is not registered, or disabled, is a wrong parameter. */
export function unknownClient() {
  return invalidParameters({
    details: [{ field: 'client', messages: ['client is not a registered client'] }],
  });
}
