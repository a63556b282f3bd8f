import { defineError, defineErrorWithBody } from '../http/app-error.js';
import { badRequest, invalid } from '../http/problems.js';
import { ItemAnswerDto } from './collection.dto.js';

export const itemNotFound = defineError(404, 'Collection item not found');
export const volumeOwned = defineErrorWithBody(409, 'Volume is already in the collection', ItemAnswerDto);

/** The 400 for a price that does not fit the currency of its item, which the request does not name. */
export const priceTooPrecise = () =>
  badRequest([invalid('price', 'has more fraction digits than its currency')]);
