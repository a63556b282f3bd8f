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
];
