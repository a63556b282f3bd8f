import { defineError } from '../http/app-error.js';

export const itemNotFound = defineError(404, 'Collection item not found');
export const volumeOwned = defineError(409, 'Volume is already in the collection');
