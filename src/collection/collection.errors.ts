import { refusal } from '../http/app-error.js';

export const itemNotFound = refusal(404, 'Collection item not found');
export const volumeOwned = refusal(409, 'Volume is already in the collection');
