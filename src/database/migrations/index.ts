import { Migration20261122043000Initial } from './Migration20261122043000_initial.js';
import { Migration20261122054000ShortSearch } from './Migration20261122054000_short_search.js';
import { Migration20261122054400RatingsCollection } from './Migration20261122054400_ratings_collection.js';
import { Migration20261122062000Avatars } from './Migration20261122062000_avatars.js';
import { Migration20261122063000Photos } from './Migration20261122063000_photos.js';
import { Migration20261122074000Administration } from './Migration20261122074000_administration.js';
import { Migration20261122103000ListKeys } from './Migration20261122103000_list_keys.js';
import { Migration20261126084800SearchForms } from './Migration20261126084800_search_forms.js';
import { Migration20261126091000SignIn } from './Migration20261126091000_sign_in.js';
import { Migration20261126130000CapitalSharpS } from './Migration20261126130000_capital_sharp_s.js';
import { Migration20261126140000Functions } from './Migration20261126140000_functions.js';
import { Migration20261126150000ReadModel } from './Migration20261126150000_read_model.js';
import { Migration20261126200000Progress } from './Migration20261126200000_progress.js';
import { Migration20261126203000SqueezedVolumeNames } from './Migration20261126203000_squeezed_volume_names.js';
import { Migration20261126210000Queue } from './Migration20261126210000_queue.js';
import { Migration20261126211000Recovery } from './Migration20261126211000_recovery.js';
import { Migration20261126212000Accounts } from './Migration20261126212000_accounts.js';
import { Migration20261126213000TokensAndIdentities } from './Migration20261126213000_tokens_and_identities.js';
import { Migration20261126214000TokenOfEvents } from './Migration20261126214000_token_of_events.js';
import { Migration20261126220000Imports } from './Migration20261126220000_imports.js';
import { Migration20261127014739ImageModeration } from './Migration20261127014739_image_moderation.js';
import { Migration20261127014819HiddenSeries } from './Migration20261127014819_hidden_series.js';
import { Migration20261127015000CatalogFilters } from './Migration20261127015000_catalog_filters.js';
import { Migration20261127015122Shelf } from './Migration20261127015122_shelf.js';
import { Migration20261127015437Installation } from './Migration20261127015437_installation.js';
import { Migration20261127023921ShelfSeries } from './Migration20261127023921_shelf_series.js';
import { Migration20261127025000ReadingDays } from './Migration20261127025000_reading_days.js';

/** Every migration, oldest first. An applied one is never edited. */
export const MIGRATIONS = [
  { name: 'Migration20261122043000_initial', class: Migration20261122043000Initial },
  { name: 'Migration20261122054000_short_search', class: Migration20261122054000ShortSearch },
  { name: 'Migration20261122054400_ratings_collection', class: Migration20261122054400RatingsCollection },
  { name: 'Migration20261122062000_avatars', class: Migration20261122062000Avatars },
  { name: 'Migration20261122063000_photos', class: Migration20261122063000Photos },
  { name: 'Migration20261122074000_administration', class: Migration20261122074000Administration },
  { name: 'Migration20261122103000_list_keys', class: Migration20261122103000ListKeys },
  { name: 'Migration20261126084800_search_forms', class: Migration20261126084800SearchForms },
  { name: 'Migration20261126091000_sign_in', class: Migration20261126091000SignIn },
  { name: 'Migration20261126130000_capital_sharp_s', class: Migration20261126130000CapitalSharpS },
  { name: 'Migration20261126140000_functions', class: Migration20261126140000Functions },
  { name: 'Migration20261126150000_read_model', class: Migration20261126150000ReadModel },
  { name: 'Migration20261126200000_progress', class: Migration20261126200000Progress },
  {
    name: 'Migration20261126203000_squeezed_volume_names',
    class: Migration20261126203000SqueezedVolumeNames,
  },
  { name: 'Migration20261126210000_queue', class: Migration20261126210000Queue },
  { name: 'Migration20261126211000_recovery', class: Migration20261126211000Recovery },
  { name: 'Migration20261126212000_accounts', class: Migration20261126212000Accounts },
  {
    name: 'Migration20261126213000_tokens_and_identities',
    class: Migration20261126213000TokensAndIdentities,
  },
  { name: 'Migration20261126214000_token_of_events', class: Migration20261126214000TokenOfEvents },
  { name: 'Migration20261126220000_imports', class: Migration20261126220000Imports },
  { name: 'Migration20261127014739_image_moderation', class: Migration20261127014739ImageModeration },
  { name: 'Migration20261127014819_hidden_series', class: Migration20261127014819HiddenSeries },
  { name: 'Migration20261127015000_catalog_filters', class: Migration20261127015000CatalogFilters },
  { name: 'Migration20261127015122_shelf', class: Migration20261127015122Shelf },
  { name: 'Migration20261127015437_installation', class: Migration20261127015437Installation },
  { name: 'Migration20261127023921_shelf_series', class: Migration20261127023921ShelfSeries },
  { name: 'Migration20261127025000_reading_days', class: Migration20261127025000ReadingDays },
];
