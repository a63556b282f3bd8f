// LIMIT's statements over its own tables (limit-tables.mjs). They read only what each route returns.

/** The page's series in the language $2, with the totals of their ratings; the relation `s` is the series. */
const SERIES = `s.id, s.name, s.type, s.slug, s.origin, s.client, s.public, s.nsfw, s.nsfw18, s.tags, s.authors, s.aliases,
  s.links, s.volume, s.publisher_language, t.alias, t.description, coalesce(g.count, 0) as rating_count,
  g.average as average_rating`;
const JOINS = `join series_texts t on t.series_id = s.id and t.language = $2
  left join rating_totals g on g.series_id = s.id`;

const time = (column) =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as ${column.slice(2)}`;
const counter = (name) =>
  `case e.progress_type when '${name}' then e.progress else e.other_progress end as ${name}`;
const ENTRY = `e.user_id, e.series_id, e.visibility, e.progress_type, e.progress, ${counter('chapters')}, ${counter('volumes')},
  e.status, greatest(e.reread, e.former_reads) as reread, e.score, e.priority, e.start, e."end", e.notes,
  ${time('e.last_update')}, ${time('e.created')}, e.version`;

export const session = 'select 1 from sessions where user_id = $1 and id = $2 and expires > now()';

/** The entries by status of a history, read by themselves only for an empty page. */
export const historyTotal = `select coalesce(json_object_agg(status, total), '{}') as counts
  from entry_totals where user_id = $1`;

const historyOf = (page, order, counts) => `
  select (${counts}) as counts, ${SERIES}, ${ENTRY}, e.client as entry_client,
    (select r.rating from ratings r where r.user_id = $1 and r.series_id = e.series_id) as rating
  from ${page} as e join series s on s.id = e.series_id ${JOINS}
  order by ${order}`;
const historyIn = (...keys) =>
  historyOf(
    `(select * from entries where user_id = $1 order by ${keys.join(', ')} limit $3 offset $4)`,
    keys.map((key) => `e.${key}`).join(', '),
    historyTotal,
  );
export const historyByUpdate = historyIn('last_update desc', 'series_id');
export const historyByName = historyIn('series_name', 'series_id');

/** Whether a list is so short that comparing the texts of all its series costs less than the trigram index. */
const isShort = '(select coalesce(sum(total), 0) from entry_totals where user_id = $1) <= 500';
// `offset 0` is an optimization fence: the found series are looked up in the list by key, one by one.
const matches = `matches as materialized (
    select e.series_id, e.status, e.last_update from entries e join search_texts x on x.series_id = e.series_id
    where e.user_id = $1 and ${isShort} and (x.text || '') like $5
    union all
    select x.series_id, e.status, e.last_update
    from (select series_id from search_texts where text like $5 offset 0) as x
    cross join lateral (
      select status, last_update from entries where user_id = $1 and series_id = x.series_id offset 0
    ) as e
    where not ${isShort}
  )`;
export const historySearch = `with ${matches} ${historyOf(
  `(select e.* from
      (select series_id from matches order by last_update desc, series_id limit $3 offset $4) as m
      join entries e on e.user_id = $1 and e.series_id = m.series_id)`,
  'e.last_update desc, e.series_id',
  `select coalesce(json_object_agg(status, count), '{}')
   from (select status, count(*)::int as count from matches group by status) as c`,
)}`;
/** The total of a search, read by itself only for an empty page. */
export const historySearchTotal = `select coalesce(json_object_agg(status, count), '{}') as counts from (
    select e.status, count(*)::int as count from entries e
    join search_texts x on x.series_id = e.series_id where e.user_id = $1 and x.text like $2 group by e.status
  ) as c`;

export const entry = `select ${ENTRY}, e.client from entries e where e.user_id = $1 and e.series_id = $2`;

export const entryUpdate = `with w as (
    update entries e set visibility = $3, progress_type = $4, progress = $5, status = $6,
      reread = $7, score = $8, priority = $9, start = $10, "end" = $11, notes = $12, client = $13,
      last_update = clock_timestamp(), version = version + 1
    where user_id = $1 and series_id = $2 and exists(select from clients where id = $13)
    returning ${ENTRY}, e.client, old.status as former
  ), moved as (
    update entry_totals t set total = t.total + case when t.status = w.status then 1 else -1 end
    from w where t.user_id = $1 and w.former <> w.status and t.status in (w.former, w.status)
  )
  select * from w`;

const moved = Array.from({ length: 10 }, (_, index) => `r${index + 1}`)
  .map((bucket, index) => {
    const is = (rating) => `(floor(${rating} + 0.5) = ${index + 1})::int`;
    return `${bucket} = c.${bucket} + ${is('w.rating')} - ${is('w.former')}`;
  })
  .join(', ');
/** One row of totals per series, the design with which the service's counters are compared. */
export const ratingUpdate = `with w as (
    update ratings set rating = $3 where user_id = $1 and series_id = $2
    returning series_id, old.rating as former, new.rating
  )
  update rating_totals c set sum = c.sum + w.rating - w.former,
    average = round((c.sum + w.rating - w.former) / c.count, 2), ${moved}
  from w where c.series_id = w.series_id returning 1`;

const OWN = 'user_id = $1 and series_client in (0, $2)';
/** The total of a collection, read by itself only for an empty page. */
export const collectionTotal = `select sum(items)::int as total from item_totals where ${OWN}`;
export const collection = `
  select (${collectionTotal}) as total, v.*, t.alias as series_alias, i.id as item_id, i.buy_date, i.price
  from (
    select * from items where ${OWN} order by series_name, group_order, id limit $4 offset $5
  ) as i join volumes v on v.id = i.volume_id join series_texts t on t.series_id = v.series_id and t.language = $3
  order by i.series_name, i.group_order, i.id`;

export const stats = `select coalesce(sum(items), 0)::int as total_items, coalesce(sum(spent), 0) as total_spent,
    (select min(buy_date) from items where ${OWN}) as first_buy,
    (select max(buy_date) from items where ${OWN}) as last_buy
  from item_totals where ${OWN}`;

/** Whole names first, then beginnings of names, then beginnings of words, then the rest. */
const RELEVANCE = `case when text like $5 then 0 when text like $6 then 1 when text like $7 then 2 else 3 end`;
export const seriesSearch = `with matches as materialized (
    select series_id, row_number() over (order by ${RELEVANCE}, name, series_id) as position
    from search_texts where public = 1 and text like $1
  )
  select (select count(*)::int from matches) as total, ${SERIES}
  from (select series_id, position from matches order by position limit $3 offset $4) as m
  join series s on s.id = m.series_id ${JOINS}
  order by m.position`;
/** The total of a search in the catalog, read by itself only for an empty page. */
export const seriesSearchTotal = `select count(*)::int as total from search_texts where public = 1 and text like $1`;

export const login = 'select user_id, password_hash, account from accounts where key = $1';
export const openSession = `insert into sessions (user_id, id, expires, user_agent, ip)
  values ($1, $2, now() + interval '180 days', $3, $4)`;
