import { volumeNotFound } from '../catalog/catalog.errors.js';
import { unknownClient } from '../clients/clients.errors.js';
import type { AddOutcome, UpdateOutcome } from './collection-item.repository.js';
import { itemNotFound, priceTooPrecise, volumeOwned } from './collection.errors.js';
import { presentItem } from './collection.presenter.js';
import type { ItemRow } from './item-statements.js';

/** The item that a change has written. @throws the error of any other outcome */
export function writtenItem(outcome: AddOutcome | UpdateOutcome): ItemRow {
  switch (outcome.kind) {
    case 'written':
      return outcome.item;
    case 'no-client':
      throw unknownClient();
    case 'too-precise':
      throw priceTooPrecise();
    case 'no-volume':
      throw volumeNotFound();
    case 'no-item':
      throw itemNotFound();
    case 'exists':
      throw volumeOwned({ fields: { item: presentItem(outcome.item) } });
  }
}
