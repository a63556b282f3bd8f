import { Migration } from '@mikro-orm/migrations';

/** Tells the planner what the grams of a text cost, so that it asks their index instead of computing them. */
export class Migration20261122054000ShortSearch extends Migration {
  override up(): void {
    this.addSql('alter function search_grams(text) cost 10000');
  }
}
