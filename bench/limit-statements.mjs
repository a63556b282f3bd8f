// LIMIT's statements over its own tables (limit-tables.mjs). They read only what each route returns.

/** The page's series in the language $2, with the totals of their ratings; the relation `s` is the series. */
const SERIES = `s.id, s.name, s.type, s.slug, s.origin, s.client, s.public, s.nsfw, s.nsfw18, s.tags, s.authors, s.aliases,
  s.links, s.volume, s.publisher_language, s.series_chapters, s.volume_total, s.volume_count, s.publication, s.year, t.alias, t.description, coalesce(g.count, 0) as rating_count,
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

/** Takes the next number of the reader's changes, which becomes the entry's version and the event's number. */
const COUNTER = 'counter as (update counters set number = number + 1 where user_id = $1 returning number)';
/** The fields of an entry's event, each with the column or expression of the entry. */
const FIELDS = {
  ...Object.fromEntries(
    [
      'visibility',
      'progress_type',
      'progress',
      'status',
      'reread',
      'score',
      'priority',
      'start',
      'end',
      'notes',
      'client',
    ].map((name) => [name, (row) => `${row}."${name}"`]),
  ),
  ...Object.fromEntries(
    ['chapters', 'volumes'].map((name) => [
      name,
      (row) => `case ${row}.progress_type when '${name}' then ${row}.progress else ${row}.other_progress end`,
    ]),
  ),
};
const FIELD_ROWS = Object.entries(FIELDS)
  .map(([name, of]) => `('${name}', to_jsonb(${of('(w.former)')}), to_jsonb(${of('(w.current)')}))`)
  .join(', ');
const grown = (name) =>
  `greatest(coalesce(${FIELDS[name]('(w.current)')}, 0) - coalesce(${FIELDS[name]('(w.former)')}, 0), 0)`;

/**
 * What a change of entries leads to: the totals by status, what was read on the day, and the log. The relation `w` has
 * the changed entries as `former` and `current`.
 *
 * @param origin the event's origin as JSON
 */
const consequences = (origin) => `moved as (
    update entry_totals t set total = t.total + d.total
    from (
      select status, sum(one)::int as total from (
        select (w.current).status, 1 as one from w where (w.former).status <> (w.current).status
        union all select (w.former).status, -1 from w where (w.former).status <> (w.current).status
      ) as m group by status
    ) as d where t.user_id = $1 and t.status = d.status
  ), read as (
    insert into days (user_id, day, series_client, changes, chapters, volumes)
    select $1, (now() at time zone 'UTC')::date, (w.current).series_client, count(*), sum(${grown('chapters')}),
      sum(${grown('volumes')})
    from w group by 3
    on conflict (user_id, day, series_client) do update set changes = days.changes + excluded.changes,
      chapters = days.chapters + excluded.chapters, volumes = days.volumes + excluded.volumes
  ), logged as (
    insert into events (user_id, id, at, kind, action, series_id, client, origin, before, after)
    select $1, (w.current).version, clock_timestamp(), 'entry', 'update', (w.current).series_id, (w.current).client,
      ${origin}, changed.before, changed.after
    from w cross join lateral (
      select coalesce(jsonb_object_agg(name, former), '{}') as before, coalesce(jsonb_object_agg(name, current), '{}') as after
      from (values ${FIELD_ROWS}) as field (name, former, current) where former is distinct from current
    ) as changed
  )`;
const REQUEST = `'{"type":"request","id":null}'`;
const CHANGED = 'last_update = clock_timestamp(), version = counter.number, client = ';

export const entryUpdate = `with ${COUNTER}, w as (
    update entries e set visibility = $3, progress_type = $4, progress = $5, status = $6,
      reread = $7, score = $8, priority = $9, start = $10, "end" = $11, notes = $12, ${CHANGED} $13
    from counter where user_id = $1 and series_id = $2 and exists(select from clients where id = $13)
    returning ${ENTRY}, e.client, old as former, new as current
  ), ${consequences(REQUEST)}
  select * from w`;

/** The status of an entry whose counter grows. */
const RESUMED = `case when e.status in ('planned', 'paused', 'dropped') then 'started' else e.status end`;
/** The operation $3 on the counter that the entry's progress_type names. */
const RESULT = `case $3 when 'set' then $4 when 'max' then greatest(e.progress, $4) else e.progress + $4 end`;
export const progress = `with ${COUNTER}, w as (
    update entries e set progress = ${RESULT}, status = case when ${RESULT} > e.progress then ${RESUMED} else e.status end,
      start = coalesce(e.start, $6), ${CHANGED} $5
    from counter where user_id = $1 and series_id = $2 and exists(select from clients where id = $5)
    returning ${ENTRY}, e.client, old as former, new as current
  ), ${consequences(REQUEST)}
  select * from w`;

/** Increments of the entries of different series, in the order of the items. The bulk has the number of its last change. */
export const bulk = `with i as (
    select * from unnest($2::int[], $3::numeric[]) with ordinality as i (series_id, value, position)
  ), counter as (
    update counters set number = number + cardinality($2::int[]) where user_id = $1
    returning number, number - cardinality($2::int[]) as former
  ), w as (
    update entries e set progress = e.progress + i.value, status = ${RESUMED}, last_update = clock_timestamp(),
      version = counter.former + i.position, client = $4
    from i cross join counter
    where e.user_id = $1 and e.series_id = i.series_id and exists(select from clients where id = $4)
    returning e.series_id, e.version, counter.number, old as former, new as current
  ), ${consequences(`json_build_object('type', 'bulk', 'id', w.number)`)}
  select w.version from i left join w using (series_id) order by i.position`;

/** Entries that have changed after the version $2, and deletions, in the order of their versions. */
export const changes = `
  (select e.series_id as changed, e.version as number, ${ENTRY}, e.client
   from entries e where e.user_id = $1 and e.version > $2 order by e.version limit $3)
  union all
  (select d.series_id, d.version, ${ENTRY}, e.client
   from deletions d left join entries e on false
   where d.user_id = $1 and d.version > $2 order by d.version limit $3)
  order by number limit $3`;

export const events = `
  select e.id, ${time('e.at')}, e.kind, e.action, e.series_id, e.volume_id, e.client, e.device, e.token_id, e.origin,
    e.before, e.after
  from events e where e.user_id = $1 order by e.id desc limit $2`;

const moved = Array.from({ length: 10 }, (_, index) => `r${index + 1}`)
  .map((bucket, index) => {
    const is = (rating) => `(floor(${rating} + 0.5) = ${index + 1})::int`;
    return `${bucket} = c.${bucket} + ${is('w.rating')} - ${is('w.former')}`;
  })
  .join(', ');
/** One row of totals per series, the design with which the service's counters are compared. */
export const ratingUpdate = `with ${COUNTER}, w as (
    update ratings set rating = $3 from counter where ratings.user_id = $1 and series_id = $2
    returning series_id, old.rating as former, new.rating, number
  ), logged as (
    insert into events (user_id, id, at, kind, action, series_id, origin, before, after)
    select $1, number, clock_timestamp(), 'rating', 'update', series_id, ${REQUEST},
      jsonb_build_object('rating', former), jsonb_build_object('rating', rating)
    from w where rating <> former
  )
  update rating_totals c set sum = c.sum + w.rating - w.former,
    average = round((c.sum + w.rating - w.former) / c.count, 2), ${moved}
  from w where c.series_id = w.series_id returning 1`;

const OWN = `user_id = $1 and series_client in (0, $2) and state = 'owned'`;
/** The total of a collection, read by itself only for an empty page. */
export const collectionTotal = `select sum(items)::int as total from item_totals where ${OWN}`;
export const collection = `
  select (${collectionTotal}) as total, v.*, t.alias as series_alias, i.id as item_id, i.buy_date, i.price,
    i.state, i.currency, i.condition, i.place, i.notes
  from (
    select * from items where ${OWN} order by series_name, group_order, id limit $4 offset $5
  ) as i join volumes v on v.id = i.volume_id join series_texts t on t.series_id = v.series_id and t.language = $3
  order by i.series_name, i.group_order, i.id`;

export const stats = `select coalesce(sum(items), 0)::int as total_items,
    coalesce(sum(spent) filter (where currency = 'EUR'), 0) as total_spent,
    coalesce(json_agg(json_build_object('currency', currency, 'items', items, 'spent', spent) order by currency), '[]')
      as totals,
    (select min(buy_date) from items where ${OWN}) as first_buy,
    (select max(buy_date) from items where ${OWN}) as last_buy
  from (select currency, sum(items) as items, sum(spent) as spent from item_totals where ${OWN} group by 1) as sums`;

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
