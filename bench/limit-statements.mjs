// LIMIT's statements, which read only what each route returns.
const time = (column) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

export const session = 'select 1 from sessions where user_id = $1 and id = $2 and expires > now()';

const SERIES = `s.id, s.name, s.type, s.slug, s.origin, s.client_id as client, s.public, s.nsfw, s.nsfw18, s.tags, s.authors, s.links,
  coalesce(
    (select t.title from series_titles t where t.series_id = s.id and t.language in ($L, 'en')
     order by t.language = $L desc, t.position limit 1), s.name) as alias,
  array(select t.title from series_titles t where t.series_id = s.id order by t.position) as aliases,
  (select d.text from series_descriptions d where d.series_id = s.id and d.language in ($L, 'en')
   order by d.language = $L desc limit 1) as description,
  first.volume, first.language as publisher_language,
  coalesce(rated.n, 0) as rating_count, rated.average as average_rating`;
const JOINS = `left join lateral (
    select v.language, json_build_object('id', v.id, 'cover_path', v.cover_path, 'nsfw', v.nsfw, 'nsfw18', v.nsfw18,
      'aspect_ratio', v.aspect_ratio) as volume
    from volumes v where v.series_id = s.id order by v.group_order, v.id limit 1
  ) as first on true
  left join lateral (
    select sum(c.count)::int as n, round(sum(c.sum) / nullif(sum(c.count), 0), 2) as average
    from rating_counts c where c.series_id = s.id
  ) as rated on true`;
const seriesOf = (language) => SERIES.replaceAll('$L', language);

const ENTRY = `e.user_id, e.series_id, e.visibility, e.progress_type, e.progress, e.status, e.reread, e.score, e.priority,
  e.start, e."end", e.notes, ${time('e.last_update')} as last_update`;

const historyOf = (sources, total) => `with ${sources}
  select (${total}) as total, shown.* from (select) as one left join lateral (
    select ${seriesOf('$2')}, ${ENTRY}, e.client_id as entry_client, e.position,
      (select r.rating from ratings r where r.user_id = $1 and r.series_id = e.series_id) as rating
    from page e join series s on s.id = e.series_id ${JOINS}
  ) as shown on true order by shown.position`;
const historyIn = (order) =>
  historyOf(
    `page as materialized (
       select e.*, row_number() over () as position from (
         select * from reading_entries where user_id = $1 order by ${order} limit $3 offset $4
       ) as e
     )`,
    'select coalesce(sum(c.total), 0)::int from reading_counts c where c.user_id = $1',
  );
export const historyByUpdate = historyIn('last_update desc, series_id');
export const historyByName = historyIn('series_name, series_id');

const few = '(select coalesce(sum(c.total), 0) from reading_counts c where c.user_id = $1) <= 1000';
export const historySearch = historyOf(
  `matches as materialized (
     select e.series_id, row_number() over (order by e.last_update desc, e.series_id) as position from (
       select e.series_id, e.last_update from reading_entries e join series s on s.id = e.series_id
       where e.user_id = $1 and ${few} and (s.search_text || '') like $5
       union all
       select e.series_id, e.last_update
       from (select id from series where search_text like $5 offset 0) as s
       join reading_entries e on e.series_id = s.id
       where e.user_id = $1 and not ${few}
     ) as e
   ), page as (
     select e.*, m.position from (select * from matches order by position limit $3 offset $4) as m
     join reading_entries e on e.user_id = $1 and e.series_id = m.series_id
   )`,
  'select count(*)::int from matches',
);

export const entry = `select ${ENTRY}, e.client_id as client from reading_entries e where e.user_id = $1 and e.series_id = $2`;

export const entryUpdate = `update reading_entries set visibility = $3, progress_type = $4, progress = $5, status = $6,
    reread = $7, score = $8, priority = $9, start = $10, "end" = $11, notes = $12, client_id = $13,
    last_update = clock_timestamp()
  where user_id = $1 and series_id = $2 and exists(select from clients where id = $13 and enabled) returning 1`;

const BUCKETS = Array.from({ length: 10 }, (_, index) => index + 1);

/** One counter row per series, as most implementations would have. */
export const COUNTER_ROWS = `create table if not exists limit_rating_counts as
    select series_id, sum(count)::int as count, sum(sum) as sum,
      ${BUCKETS.map((bucket) => `sum(r${bucket})::int as r${bucket}`).join(', ')}
    from rating_counts group by series_id;
  create unique index if not exists limit_rating_counts_key on limit_rating_counts (series_id);
  alter table limit_rating_counts set (fillfactor = 60)`;

const moved = BUCKETS.map(
  (bucket) =>
    `r${bucket} = c.r${bucket} + (floor(w.rating + 0.5) = ${bucket})::int - (floor(w.former + 0.5) = ${bucket})::int`,
).join(', ');
export const ratingUpdate = `with held as (
    select rating as former from ratings where user_id = $1 and series_id = $2 for no key update
  ), w as (
    update ratings r set rating = $3 from held where r.user_id = $1 and r.series_id = $2
    returning r.series_id, held.former, r.rating
  ), counted as (
    update limit_rating_counts c set sum = c.sum + w.rating - w.former, ${moved} from w where c.series_id = w.series_id
  )
  select 1 from w`;

export const collection = `with page as materialized (
    select i.*, row_number() over () as position from (
      select * from collection_items where user_id = $1 and series_client in (0, $2)
      order by series_name, group_order, id limit $4 offset $5
    ) as i
  )
  select (select coalesce(sum(items), 0)::int from collection_totals where user_id = $1 and series_client in (0, $2)) as total,
    shown.*
  from (select) as one left join lateral (
    select v.id, v.name, v.slug, v.group_order, v.language, to_char(v.release_date, 'YYYY-MM-DD') as release_date,
      v.pages, v.isbn10, v.isbn13, v.type, v.publisher, v.description, v.edition_name, v.cover_path, v.aspect_ratio,
      v.nsfw, v.nsfw18, s.id as series_id, s.name as series_name, s.slug as series_slug, s.type as series_type,
      coalesce((select t.title from series_titles t where t.series_id = s.id and t.language in ($3, 'en')
        order by t.language = $3 desc, t.position limit 1), s.name) as series_alias,
      i.id as item_id, to_char(i.buy_date, 'YYYY-MM-DD') as buy_date, i.price, i.position
    from page i join volumes v on v.id = i.volume_id join series s on s.id = v.series_id
  ) as shown on true order by shown.position`;

const OWN = 'user_id = $1 and series_client in (0, $2)';
export const stats = `select coalesce(sum(items), 0)::int as total_items, coalesce(sum(spent), 0) as total_spent,
    (select to_char(min(buy_date), 'YYYY-MM-DD') from collection_items where ${OWN}) as first_buy,
    (select to_char(max(buy_date), 'YYYY-MM-DD') from collection_items where ${OWN}) as last_buy
  from collection_totals where ${OWN}`;

export const seriesSearch = `with matches as materialized (
    select s.id, row_number() over (order by case when s.search_text like $5 then 0 when s.search_text like $6 then 1
      when s.search_text like $7 then 2 else 3 end, s.name, s.id) as position
    from series s where s.public = 1 and s.search_text like $4
  ), page as (select id, position from matches order by position limit $2 offset $3)
  select (select count(*)::int from matches) as total, shown.* from (select) as one left join lateral (
    select ${seriesOf('$1')}, page.position from page join series s on s.id = page.id ${JOINS}
  ) as shown on true order by shown.position`;

export const login = `select u.id, u.username, u.email, u.first_name, u.last_name, u.website, u.facebook, u.instagram,
    u.linkedin, u.x, u.youtube, u.slug, null as profile_image, ${time('u.registered')} as registered, u.age_verified,
    u.password_hash,
    array(select r.name from user_roles ur join roles r on r.id = ur.role_id where ur.user_id = u.id order by 1) as roles,
    array(select distinct rp.permission from user_roles ur join role_permissions rp on rp.role_id = ur.role_id
      where ur.user_id = u.id order by 1) as permissions
  from usernames n join users u on u.id = n.user_id where n.key = $1`;
export const openSession = `insert into sessions (user_id, id, expires, user_agent, ip)
  values ($1, $2, now() + interval '180 days', $3, $4)`;
