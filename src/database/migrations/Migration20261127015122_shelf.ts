import { Migration } from '@mikro-orm/migrations';

/**
 * The shelf: states, currencies and notes of collection items. Rows are not rewritten: existing items are owned, and their
 * currency is the default one, since no reader could choose one before.
 */
export class Migration20261127015122Shelf extends Migration {
  override name = 'Migration20261127015122_shelf';

  override up(): void {
    // The service has validated the variable before it migrates; anything else starts no service.
    const given = process.env['DEFAULT_CURRENCY']?.trim() ?? '';
    const currency = /^[A-Z]{3}$/.test(given) ? given : 'EUR';
    this.addSql(`create type "item_state" as enum ('owned', 'ordered', 'wanted')`);
    this.addSql(`alter table "collection_totals" drop constraint "collection_totals_pkey"`);
    this.addSql(
      `alter table "collection_totals" add "state" "item_state" not null default 'owned', add "currency" text not null default '${currency}'`,
    );
    this.addSql(
      `alter table "collection_totals" alter column "state" drop default, alter column "currency" drop default, alter column "spent" type numeric`,
    );
    this.addSql(
      `alter table "collection_totals" add primary key ("user_id", "series_client", "state", "currency")`,
    );
    this.addSql(`drop index "collection_items_by_date"`);
    this.addSql(`drop index "collection_items_by_name"`);
    this.addSql(`drop trigger "collection_total_update" on "collection_items"`);
    this.addSql(
      `alter table "collection_items" add "state" "item_state" not null default 'owned', add "currency" text not null default '${currency}', add "condition" text null, add "place" text null, add "notes" text null`,
    );
    this.addSql(
      `alter table "collection_items" alter column "currency" drop default, alter column "buy_date" drop not null, alter column "price" type numeric`,
    );
    this.addSql(
      `create index "collection_items_by_date" on "collection_items" ("user_id", "buy_date", "id", "state")`,
    );
    this.addSql(
      `create index "collection_items_by_name" on "collection_items" ("user_id", "series_name", "group_order", "id", "state")`,
    );
    this.addSql(`
      create or replace function collection_total_insert() returns trigger language plpgsql as $$
begin
  insert into collection_totals as c (user_id, series_client, state, currency, items, spent)
  select user_id, series_client, state, currency, count(*), sum(price)
  from added group by 1, 2, 3, 4 order by 1, 2, 3, 4
  on conflict (user_id, series_client, state, currency) do update
    set items = c.items + excluded.items, spent = c.spent + excluded.spent;
  return null;
end $$`);
    this.addSql(`
      create or replace function collection_total_update() returns trigger language plpgsql as $$
begin
  insert into collection_totals as c (user_id, series_client, state, currency, items, spent)
  select user_id, series_client, state, currency, sum(items), sum(spent) from (values
    (old.user_id, old.series_client, old.state, old.currency, -1, -old.price),
    (new.user_id, new.series_client, new.state, new.currency, 1, new.price)
  ) as changes (user_id, series_client, state, currency, items, spent) group by 1, 2, 3, 4 order by 1, 2, 3, 4
  on conflict (user_id, series_client, state, currency) do update
    set items = c.items + excluded.items, spent = c.spent + excluded.spent;
  return null;
end $$`);
    this.addSql(`
      create or replace function collection_total_delete() returns trigger language plpgsql as $$
begin
  update collection_totals c set items = c.items - r.items, spent = c.spent - r.spent
  from (
    select user_id, series_client, state, currency, count(*) as items, sum(price) as spent
    from removed group by 1, 2, 3, 4 order by 1, 2, 3, 4
  ) as r
  where (c.user_id, c.series_client, c.state, c.currency) = (r.user_id, r.series_client, r.state, r.currency);
  return null;
end $$`);
    this.addSql(
      `create trigger "collection_total_update" after update on "collection_items" for each row when (old.price <> new.price or old.state <> new.state or old.currency <> new.currency) execute function collection_total_update()`,
    );
  }
}
