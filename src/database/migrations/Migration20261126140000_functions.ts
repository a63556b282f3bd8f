import { Migration } from '@mikro-orm/migrations';
import { functionDefinition, functionNames } from '../functions/database-functions.js';

/** Replaces every function by its definition in `src/database/functions`, which later migrations change. */
export class Migration20261126140000Functions extends Migration {
  override up(): void {
    for (const name of functionNames()) this.addSql(functionDefinition(name));
  }
}
