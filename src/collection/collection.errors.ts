import { defineError, defineErrorWithBody } from '../http/app-error.js';
import { ItemAnswerDto } from './collection.dto.js';

export const itemNotFound = defineError(404, 'Collection item not found');
export const volumeOwned = defineErrorWithBody(409, 'Volume is already in the collection', ItemAnswerDto);
