import { IntegerId } from '../http/ids.js';

/** The id of a collection item in the path: a bigint, unlike other ids. */
export const ItemId = () =>
  IntegerId(
    { mayBeBlank: true, description: 'Id of the item: `collection.item_id` of the volume that you own.' },
    Number.MAX_SAFE_INTEGER,
  );
