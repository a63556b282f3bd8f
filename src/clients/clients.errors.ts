import { invalidParameters } from '../http/app-error.js';

/** A client that is not registered, or disabled, is a wrong parameter. */
export function unknownClient() {
  return invalidParameters({
    details: [{ field: 'client', messages: ['client is not a registered client'] }],
  });
}
