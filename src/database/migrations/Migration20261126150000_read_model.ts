import { Migration } from '@mikro-orm/migrations';

/**
 * The read model of the catalog: what lists show of a series, in narrow rows computed when the catalog changes, the texts
 * that searches compare apart from them, and one row of counters for the ratings of a series.
 */
export class Migration20261126150000ReadModel extends Migration {
  override up(): void {
    this.addSql(
      `create table "rating_totals" ("series_id" int not null, "is_sharded" boolean not null default false, "count" int not null default 0, "sum" numeric(12,1) not null default 0, "r1" int not null default 0, "r2" int not null default 0, "r3" int not null default 0, "r4" int not null default 0, "r5" int not null default 0, "r6" int not null default 0, "r7" int not null default 0, "r8" int not null default 0, "r9" int not null default 0, "r10" int not null default 0, primary key ("series_id"))`,
    );
    this.addSql(
      `create table "rating_shards" ("series_id" int not null, "shard" smallint not null, "count" int not null default 0, "sum" numeric(12,1) not null default 0, "r1" int not null default 0, "r2" int not null default 0, "r3" int not null default 0, "r4" int not null default 0, "r5" int not null default 0, "r6" int not null default 0, "r7" int not null default 0, "r8" int not null default 0, "r9" int not null default 0, "r10" int not null default 0, primary key ("series_id", "shard"))`,
    );
    this.addSql(
      `create table "series_cards" ("series_id" int not null, "name" text not null, "slug" text not null, "type" text not null, "alias" text not null, "description" text null, "parts" json not null, primary key ("series_id"))`,
    );
    this.addSql(
      `create table "series_search" ("series_id" int not null, "search_text" text not null, "search_compact" text not null, primary key ("series_id"))`,
    );
    this.addSql(
      `create table "series_texts" ("series_id" int not null, "language" text not null, "alias" text null, "description" text null, primary key ("series_id", "language"))`,
    );
    this.addSql(
      `create table "volume_search" ("volume_id" int not null, "series_id" int not null, "search_text" text not null, "search_compact" text not null, "isbn10" text null, "isbn13" text null, primary key ("volume_id"))`,
    );
    this.addSql(
      `create function sharded_ratings(series int) returns numeric[] language plpgsql stable parallel safe as $$
     begin
       return (
         select array[
           sum(count), sum(sum), sum(r1), sum(r2), sum(r3), sum(r4), sum(r5), sum(r6), sum(r7), sum(r8), sum(r9), sum(r10)
         ]
         from rating_shards where series_id = series
       );
     end $$`,
    );
    this.addSql(`drop index "series_compact_trigrams"`);
    this.addSql(`drop index "series_search_grams"`);
    this.addSql(`drop index "series_search_trigrams"`);
    this.addSql(
      `insert into series_search (series_id, search_text, search_compact)
     select id, search_text, search_compact from series`,
    );
    this.addSql(
      `insert into volume_search (volume_id, series_id, search_text, search_compact, isbn10, isbn13)
     select id, series_id, search_text, search_compact, isbn10, isbn13 from volumes`,
    );
    this.addSql(
      `insert into rating_totals (series_id, count, sum, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10)
     select series_id, sum(count), sum(sum), sum(r1), sum(r2), sum(r3), sum(r4), sum(r5), sum(r6), sum(r7), sum(r8), sum(r9), sum(r10)
     from rating_counts group by series_id`,
    );
    this.addSql(
      `insert into series_cards (series_id, name, slug, type, alias, description, parts)
     select s.id, s.name, s.slug, s.type,
       coalesce(
         (select title from series_titles where series_id = s.id and language = 'en' order by position limit 1),
         s.name
       ),
       (select text from series_descriptions where series_id = s.id and language = 'en'),
       json_build_object(
         'origin', s.origin, 'client', s.client_id, 'public', s.public, 'nsfw', s.nsfw, 'nsfw18', s.nsfw18,
         'aliases', array(select title from series_titles where series_id = s.id order by position),
         'tags', s.tags, 'authors', s.authors,
         'links', json_build_object(
           'mal', s.links ->> 'mal', 'anilist', s.links ->> 'anilist', 'kitsu', s.links ->> 'kitsu',
           'mangaupdates', s.links ->> 'mangaupdates', 'mangadex', s.links ->> 'mangadex'
         ),
         'volume', case when v.id is not null then json_build_object(
           'id', v.id, 'cover_path', v.cover_path, 'nsfw', v.nsfw, 'nsfw18', v.nsfw18,
           'aspect_ratio', v.aspect_ratio
         ) end,
         'publisher_language', v.language
       )
     from series s
     left join lateral (
       select * from volumes where series_id = s.id order by group_order, id limit 1
     ) as v on true`,
    );
    this.addSql(
      `insert into series_texts (series_id, language, alias, description)
     select l.series_id, l.language,
       (select title from series_titles t
        where t.series_id = l.series_id and t.language = l.language order by position limit 1),
       (select text from series_descriptions d where d.series_id = l.series_id and d.language = l.language)
     from (
       select series_id, language from series_titles
       union select series_id, language from series_descriptions
     ) as l
     where l.language <> 'en'`,
    );
    this.addSql(
      `create index "volume_search_trigrams" on "volume_search" using gin ("search_text" gin_trgm_ops)`,
    );
    this.addSql(
      `create index "volume_compact_trigrams" on "volume_search" using gin ("search_compact" gin_trgm_ops)`,
    );
    this.addSql(`create index "volume_search_by_series" on "volume_search" ("series_id")`);
    this.addSql(
      `create index "series_search_trigrams" on "series_search" using gin ("search_text" gin_trgm_ops)`,
    );
    this.addSql(
      `create index "series_compact_trigrams" on "series_search" using gin ("search_compact" gin_trgm_ops)`,
    );
    this.addSql(
      `create index "series_search_grams" on "series_search" using gin (search_grams("search_text"))`,
    );
    this.addSql(`create index "series_by_added_desc" on "series" ("added" DESC, "id") where public = 1`);
    this.addSql(`drop table "rating_counts"`);
    this.addSql(`alter table "series" drop column "search_compact", drop column "search_text"`);
    this.addSql(`alter table "volumes" drop column "search_compact", drop column "search_text"`);
    this.addSql(
      `alter table "rating_totals" add constraint "rating_totals_series_id_foreign" foreign key ("series_id") references "series" ("id") on update cascade on delete cascade`,
    );
    this.addSql(
      `alter table "rating_shards" add constraint "rating_shards_series_id_foreign" foreign key ("series_id") references "series" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "series_cards" add constraint "series_cards_series_id_foreign" foreign key ("series_id") references "series" ("id") on update cascade on delete cascade`,
    );
    this.addSql(
      `alter table "series_search" add constraint "series_search_series_id_foreign" foreign key ("series_id") references "series" ("id") on update cascade on delete cascade`,
    );
    this.addSql(
      `alter table "series_texts" add constraint "series_texts_series_id_foreign" foreign key ("series_id") references "series" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "volume_search" add constraint "volume_search_volume_id_foreign" foreign key ("volume_id") references "volumes" ("id") on update cascade on delete cascade`,
    );
  }
}
