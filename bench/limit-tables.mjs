// LIMIT's tables: a schema of its own in the same database, laid out for the answers alone. They are filled from the
// service's sources (series, titles, descriptions, volumes, ratings, entries, items, users), and neither server reads or
// writes the tables of the other.
import { searchTexts } from '../dist/src/search/fold.js';

/** The schema, which is the only one in the search path of LIMIT's connections. */
export const LIMIT_SCHEMA = 'bench_limit';

/** Series per INSERT of folded texts. */
const BATCH = 10_000;

/** The language of texts that do not exist in the requested language. */
const FALLBACK = "'en'";

const TRACKERS = ['mal', 'anilist', 'kitsu', 'mangaupdates', 'mangadex'];
const BUCKETS = Array.from({ length: 10 }, (_, index) => index + 1);

/** Each table, and the rows that it is filled with. Names without a schema are the service's. */
const TABLES = {
  // What a page shows of a series in any language.
  series: `
    select s.id, s.name, s.type, s.slug, s.origin, s.client_id as client, s.public, s.nsfw, s.nsfw18, s.tags, s.authors,
      array(select t.title from series_titles t where t.series_id = s.id order by t.position) as aliases,
      json_build_object(${TRACKERS.map((name) => `'${name}', s.links ->> '${name}'`).join(', ')}) as links,
      first.volume, first.language as publisher_language, s.chapters as series_chapters, s.volume_total,
      (select count(*)::int from volumes v where v.series_id = s.id) as volume_count, s.publication, s.year
    from series s left join lateral (
      select v.language, json_build_object('id', v.id, 'cover_path', v.cover_path, 'nsfw', v.nsfw, 'nsfw18', v.nsfw18,
        'aspect_ratio', v.aspect_ratio) as volume
      from volumes v where v.series_id = s.id order by v.group_order, v.id limit 1
    ) as first on true`,
  // One row for each language that a series has a text in, and for the fallback.
  series_texts: `
    select s.id as series_id, l.language,
      coalesce(
        (select t.title from series_titles t where t.series_id = s.id and t.language in (l.language, ${FALLBACK})
         order by t.language = l.language desc, t.position limit 1), s.name) as alias,
      (select d.text from series_descriptions d where d.series_id = s.id and d.language in (l.language, ${FALLBACK})
       order by d.language = l.language desc limit 1) as description
    from series s cross join lateral (
      select ${FALLBACK}
      union select t.language from series_titles t where t.series_id = s.id and t.language is not null
      union select d.language from series_descriptions d where d.series_id = s.id
    ) as l (language)`,
  rating_totals: `
    select series_id, count(*)::int as count, sum(rating) as sum, round(avg(rating), 2) as average,
      ${BUCKETS.map((bucket) => `(count(*) filter (where floor(rating + 0.5) = ${bucket}))::int as r${bucket}`).join(', ')}
    from ratings group by series_id`,
  ratings: 'select user_id, series_id, rating from ratings',
  // The entries with their sort key by name and the client of the series, 0 for all.
  entries: `
    select e.user_id, e.series_id, s.name as series_name, coalesce(s.client_id, 0) as series_client, e.visibility::text, e.progress_type::text, e.progress,
      e.status::text, e.reread, e.score, e.priority::text, e.start, e."end", e.notes, e.client_id as client, e.last_update,
      e.other_progress, e.former_reads, e.created, e.version
    from reading_entries e join series s on s.id = e.series_id`,
  // The series that were deleted, for the changes since a version.
  deletions: 'select user_id, series_id, version from deleted_entries',
  // The log of changes, with the finished fields of an event.
  events: `
    select user_id, number as id, at, kind::text, action::text, series_id, volume_id, client_id as client, device, token_id,
      json_build_object('type', origin, 'id', origin_id) as origin,
      case when before is null or action = 'update' then before
        else jsonb_build_object('user_id', user_id, 'series_id', series_id) || before end as before,
      case when after is null or action = 'update' then after
        else jsonb_build_object('user_id', user_id, 'series_id', series_id) || after end as after
    from reader_events`,
  // The number of each user's last change.
  counters: 'select user_id, number from reader_counters',
  // What a user has read on each day.
  days: 'select user_id, day, series_client, changes, chapters, volumes from reading_days',
  entry_totals: `
    select user_id, status::text, count(*)::int as total from reading_entries group by user_id, status`,
  // What a page shows of a volume, the series included, except its title by language.
  volumes: `
    select v.id, v.name, v.slug, v.group_order, v.language, v.release_date, v.pages, v.isbn10, v.isbn13, v.type,
      v.publisher, v.description, v.edition_name, v.cover_path, v.aspect_ratio, v.nsfw, v.nsfw18,
      s.id as series_id, s.name as series_name, s.slug as series_slug, s.type as series_type
    from volumes v join series s on s.id = v.series_id`,
  // The items with their sort keys and the client of the series, 0 for all.
  items: `
    select i.user_id, i.id, i.volume_id, s.name as series_name, v.group_order, coalesce(s.client_id, 0) as series_client,
      i.price, i.buy_date, i.state::text, i.currency, i.condition, i.place, i.notes
    from collection_items i join volumes v on v.id = i.volume_id join series s on s.id = v.series_id`,
  item_totals: `
    select i.user_id, coalesce(s.client_id, 0) as series_client, i.state::text, i.currency, count(*)::int as items,
      sum(i.price) as spent
    from collection_items i join volumes v on v.id = i.volume_id join series s on s.id = v.series_id
    group by 1, 2, 3, 4`,
  sessions: 'select user_id, id, expires, user_agent, ip from sessions',
  clients: 'select id from clients where enabled',
  // The answer of a login, by the name that it is found by.
  accounts: `
    select n.key, u.id as user_id, u.password_hash, json_build_object('id', u.id, 'username', u.username,
      'email', u.email, 'email_verified', u.email_verified, 'two_factor', u.two_factor, 'first_name', u.first_name, 'last_name', u.last_name, 'website', u.website,
      'facebook', u.facebook, 'instagram', u.instagram, 'linkedin', u.linkedin, 'x', u.x, 'youtube', u.youtube,
      'slug', u.slug, 'profile_image', null,
      'registered', to_char(u.registered at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'age_verified', u.age_verified,
      'roles', array(select r.name from user_roles ur join roles r on r.id = ur.role_id
        where ur.user_id = u.id order by 1),
      'permissions', array(select distinct rp.permission from user_roles ur
        join role_permissions rp on rp.role_id = ur.role_id where ur.user_id = u.id order by 1)) as account
    from usernames n join users u on u.id = n.user_id`,
};

/** Keys and indexes, made after the rows. */
const KEYS = [
  'alter table series add primary key (id)',
  'alter table series_texts add primary key (series_id, language)',
  'alter table search_texts add primary key (series_id)',
  'create index on search_texts using gin (text public.gin_trgm_ops)',
  'alter table rating_totals add primary key (series_id)',
  // Leaves space in each page for a changed row, so that a rating changes no index.
  'alter table rating_totals set (fillfactor = 60)',
  'vacuum full rating_totals',
  'alter table ratings add primary key (user_id, series_id)',
  'alter table entries add primary key (user_id, series_id)',
  'create index on entries (user_id, last_update desc, series_id)',
  'create index on entries (user_id, series_name, series_id)',
  'create index on entries (user_id, version)',
  'alter table deletions add primary key (user_id, series_id)',
  'create index on deletions (user_id, version)',
  'alter table events add primary key (user_id, id)',
  'alter table counters add primary key (user_id)',
  'alter table counters set (fillfactor = 60)',
  'vacuum full counters',
  'alter table days add primary key (user_id, day, series_client)',
  'alter table entry_totals add primary key (user_id, status)',
  'alter table volumes add primary key (id)',
  'alter table items add primary key (user_id, id)',
  'create index on items (user_id, series_name, group_order, id, state)',
  'create index on items (user_id, buy_date, state)',
  'alter table item_totals add primary key (user_id, series_client, state, currency)',
  'alter table sessions add primary key (user_id, id)',
  'alter table clients add primary key (id)',
  'alter table accounts add primary key (key)',
];

/**
 * Fills LIMIT's tables from the service's data as they are now. Former tables are dropped, since the service's data may
 * have changed since.
 *
 * @param client a connection of a role that may create schemas
 */
export async function fillLimitTables(client) {
  await client.query(`drop schema if exists ${LIMIT_SCHEMA} cascade; create schema ${LIMIT_SCHEMA}`);
  for (const [table, rows] of Object.entries(TABLES)) {
    await client.query(`create table ${LIMIT_SCHEMA}.${table} as ${rows}`);
  }
  await fillSearchTexts(client);
  await client.query(`set search_path to ${LIMIT_SCHEMA}`);
  for (const key of KEYS) await client.query(key);
  // All tables, those of the service too, so that both servers start from the same state.
  await client.query('vacuum analyze');
  await client.query('checkpoint');
}

/** Folds the names of all series as the service does. The rows have the keys of the catalog's order, too. */
async function fillSearchTexts(client) {
  await client.query(
    `create table ${LIMIT_SCHEMA}.search_texts as
     select id as series_id, ''::text as text, name, public from series with no data`,
  );
  const { rows } = await client.query(
    `select s.id, s.name, array(select t.title from series_titles t where t.series_id = s.id) as titles
     from series s order by s.id`,
  );
  for (let from = 0; from < rows.length; from += BATCH) {
    const batch = rows.slice(from, from + BATCH);
    await client.query(
      `insert into ${LIMIT_SCHEMA}.search_texts
       select s.id, i.text, s.name, s.public from unnest($1::int[], $2::text[]) as i (id, text) join series s using (id)`,
      [batch.map(({ id }) => id), batch.map(({ name, titles }) => searchTexts([name, ...titles]).text)],
    );
  }
}
