import { Migration } from '@mikro-orm/migrations';

/** What lists of series filter by and what they show further: counts, state and year of the publication. */
export class Migration20261127015000CatalogFilters extends Migration {
  override up(): void {
    this.addSql(`create table "catalog_version" ("id" smallint primary key, "version" bigint not null)`);
    this.addSql(`insert into catalog_version (id, version) values (1, 1)`);
    this.addSql(
      `create or replace function catalog_changed() returns trigger language plpgsql as $$
begin
  update catalog_version set version = version + 1;
  return null;
end $$`,
    );
    this.addSql(
      `create or replace function tag_keys(tags text[]) returns text[] language sql immutable strict parallel safe
return array(select lower(tag collate "und-x-icu") from unnest(tags) as tag)`,
    );
    this.addSql(
      `alter table "series" add "chapters" int null, add "volume_total" int null, add "publication" text null, add "year" smallint null`,
    );
    this.addSql(
      `alter table "series" add constraint "series_publication_check" check ("publication" in ('ongoing', 'completed', 'hiatus', 'cancelled'))`,
    );
    this.addSql(`alter table "series_cards" add "details" json null`);
    this.addSql(
      `update series_cards c set
       parts = json_build_object(
         'origin', s.origin, 'client', s.client_id, 'public', s.public, 'nsfw', s.nsfw, 'nsfw18', s.nsfw18,
         'authors', s.authors, 'chapters', s.chapters, 'volume_total', s.volume_total,
         'volume_count', (select count(*) from volumes v where v.series_id = s.id),
         'publication', s.publication, 'year', s.year,
         'volume', c.parts -> 'volume', 'publisher_language', c.parts -> 'publisher_language'
       ),
       details = json_build_object(
         'aliases', c.parts -> 'aliases', 'tags', s.tags, 'links', c.parts -> 'links'
       )
     from series s where s.id = c.series_id`,
    );
    this.addSql(`alter table "series_cards" alter column "details" set not null`);
    this.addSql(`alter table "series_counts" drop constraint "series_counts_pkey"`);
    this.addSql(`alter table "series_counts" add "nsfw_level" smallint not null default 0`);
    this.addSql(`alter table "series_counts" add primary key ("client_id", "type", "public", "nsfw_level")`);
    this.addSql(
      `create or replace function series_count_delete() returns trigger language plpgsql as $$
begin
  insert into series_counts as c (client_id, type, public, nsfw_level, total)
  select coalesce(client_id, 0), type, public, case when nsfw18 = 1 then 2 else nsfw end, -count(*)
  from removed group by 1, 2, 3, 4 order by 1, 2, 3, 4
  on conflict (client_id, type, public, nsfw_level) do update set total = c.total + excluded.total;
  return null;
end $$`,
    );
    this.addSql(
      `create or replace function series_count_insert() returns trigger language plpgsql as $$
begin
  insert into series_counts as c (client_id, type, public, nsfw_level, total)
  select coalesce(client_id, 0), type, public, case when nsfw18 = 1 then 2 else nsfw end, count(*)
  from added group by 1, 2, 3, 4 order by 1, 2, 3, 4
  on conflict (client_id, type, public, nsfw_level) do update set total = c.total + excluded.total;
  return null;
end $$`,
    );
    this.addSql(
      `create or replace function series_count_update() returns trigger language plpgsql as $$
begin
  insert into series_counts as c (client_id, type, public, nsfw_level, total)
  select client_id, type, public, nsfw_level, sum(change)
  from (
    select coalesce(client_id, 0) as client_id, type, public,
      case when nsfw18 = 1 then 2 else nsfw end as nsfw_level, 1 as change from added
    union all
    select coalesce(client_id, 0), type, public, case when nsfw18 = 1 then 2 else nsfw end, -1 from removed
  ) as changes
  group by 1, 2, 3, 4 having sum(change) <> 0 order by 1, 2, 3, 4
  on conflict (client_id, type, public, nsfw_level) do update set total = c.total + excluded.total;
  return null;
end $$`,
    );
    this.addSql(`delete from series_counts`);
    this.addSql(
      `insert into series_counts (client_id, type, public, nsfw_level, total)
     select coalesce(client_id, 0), type, public, case when nsfw18 = 1 then 2 else nsfw end, count(*)
     from series group by 1, 2, 3, 4`,
    );
    this.addSql(
      `create index "series_by_origin" on "series" (lower("origin" collate "und-x-icu"), "name", "id") where public = 1`,
    );
    this.addSql(
      `create index "series_by_tags" on "series" using gin (tag_keys("tags")) with (fastupdate = off)`,
    );
    this.addSql(`create index "series_by_slug" on "series" using hash ("slug")`);
    this.addSql(`create index "volumes_by_language" on "volumes" ("language", "series_id")`);
    this.addSql(
      `create trigger "series_version_insert" after insert on "series" for each statement execute function catalog_changed()`,
    );
    this.addSql(
      `create trigger "series_version_update" after update of type, origin, client_id, public, nsfw, nsfw18, tags on "series" for each statement execute function catalog_changed()`,
    );
    this.addSql(
      `create trigger "series_version_delete" after delete on "series" for each statement execute function catalog_changed()`,
    );
    this.addSql(
      `create trigger "volumes_version_insert" after insert on "volumes" for each statement execute function catalog_changed()`,
    );
    this.addSql(
      `create trigger "volumes_version_update" after update of language on "volumes" for each statement execute function catalog_changed()`,
    );
    this.addSql(
      `create trigger "volumes_version_delete" after delete on "volumes" for each statement execute function catalog_changed()`,
    );
  }
}
