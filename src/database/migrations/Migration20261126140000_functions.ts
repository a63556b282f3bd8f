import { Migration } from '@mikro-orm/migrations';
import { functionDefinition } from '../functions/database-functions.js';

/** The functions that earlier migrations created. Functions that are added later are not among them. */
const NAMES = [
  'collection_total_delete',
  'collection_total_insert',
  'collection_total_update',
  'count_bytes',
  'count_change',
  'count_role_users',
  'count_rows',
  'reading_count_delete',
  'reading_count_insert',
  'reading_count_update',
  'refuse_change',
  'search_grams',
  'series_count_delete',
  'series_count_insert',
  'series_count_update',
];

/** Replaces every function by its definition in `src/database/functions`. */
export class Migration20261126140000Functions extends Migration {
  override up(): void {
    for (const name of NAMES) this.addSql(functionDefinition(name));
  }
}
