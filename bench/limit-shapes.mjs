// Schemas of LIMIT's responses, from which Fastify compiles serializers, and of the request bodies that it reads.
const text = { type: 'string' };
const integer = { type: 'integer' };
const number = { type: 'number' };
const boolean = { type: 'boolean' };
const maybe = (schema) => ({ ...schema, nullable: true });
const list = (items) => ({ type: 'array', items });
const object = (properties) => ({ type: 'object', properties });
const answers = (schema, rest = {}) => ({ response: { 200: schema }, ...rest });

const TRACKERS = ['mal', 'anilist', 'kitsu', 'mangaupdates', 'mangadex'];

const series = {
  id: integer,
  name: text,
  type: text,
  slug: text,
  origin: text,
  client: maybe(integer),
  public: integer,
  nsfw: integer,
  nsfw18: integer,
  alias: text,
  aliases: list(text),
  description: maybe(text),
  tags: list(text),
  authors: list(text),
  links: object(Object.fromEntries(TRACKERS.map((name) => [name, maybe(text)]))),
  volume: maybe(
    object({
      id: integer,
      cover_path: maybe(text),
      nsfw: integer,
      nsfw18: integer,
      aspect_ratio: maybe(number),
    }),
  ),
  average_rating: maybe(number),
  rating_count: integer,
  publisher_language: maybe(text),
  chapters: maybe(integer),
  volume_total: maybe(integer),
  volume_count: integer,
  publication: maybe(text),
  year: maybe(integer),
};
const place = { max: integer, from: integer, to: integer, total: integer };
const readingEntry = object({
  user_id: text,
  series_id: integer,
  visibility: text,
  progress_type: text,
  progress: number,
  chapters: maybe(number),
  volumes: maybe(number),
  status: text,
  reread: integer,
  score: maybe(number),
  priority: text,
  start: maybe(text),
  end: maybe(text),
  notes: maybe(text),
  client: integer,
  last_update: text,
  created: text,
  version: integer,
});
const counts = object({
  planned: integer,
  started: integer,
  completed: integer,
  paused: integer,
  dropped: integer,
});
const paged = {
  querystring: object({ limit: integer, offset: integer, order: text, search: text, client: integer }),
};
const byId = { params: object({ id: integer }) };

export const historyPage = answers(
  object({
    series: list(
      object({
        ...series,
        'reading-history': readingEntry,
        rating: maybe(object({ rating: number, user_id: text, series_id: integer })),
      }),
    ),
    counts,
    ...place,
  }),
  paged,
);
export const entry = answers(readingEntry, byId);
export const entryUpdate = answers(object({ data: text, code: integer, entry: readingEntry }), byId);
export const progress = answers(readingEntry, byId);
export const bulk = answers(
  object({
    id: integer,
    results: list(
      object({
        index: integer,
        op: text,
        series_id: integer,
        code: integer,
        data: text,
        version: maybe(integer),
        errors: maybe(list(object({}))),
      }),
    ),
  }),
);
export const changes = answers(
  object({
    changes: list(
      object({ series_id: integer, version: integer, deleted: boolean, entry: maybe(readingEntry) }),
    ),
    cursor: text,
    more: boolean,
  }),
  { querystring: object({ cursor: text, limit: integer }) },
);
const fields = maybe({ type: 'object', additionalProperties: true });
export const events = answers(
  object({
    events: list(
      object({
        id: integer,
        at: text,
        kind: text,
        action: text,
        series_id: integer,
        volume_id: maybe(integer),
        client: maybe(integer),
        device: maybe(text),
        token_id: maybe(integer),
        origin: object({ type: text, id: maybe(integer) }),
        before: fields,
        after: fields,
      }),
    ),
    next: maybe(integer),
  }),
  { querystring: object({ limit: integer }) },
);
export const ratingUpdate = answers(
  object({
    data: text,
    code: integer,
    rating: object({ rating: number, user_id: text, series_id: integer }),
  }),
  byId,
);
export const seriesPage = answers(object({ series: list(object(series)), ...place }), paged);
export const collectionPage = answers(
  object({
    volumes: list(
      object({
        id: integer,
        name: text,
        slug: text,
        group_order: number,
        language: text,
        release_date: maybe(text),
        pages: maybe(integer),
        isbn10: maybe(text),
        isbn13: maybe(text),
        type: maybe(text),
        publisher: maybe(text),
        description: maybe(text),
        edition_name: maybe(text),
        cover_path: maybe(text),
        aspect_ratio: maybe(number),
        nsfw: integer,
        nsfw18: integer,
        series: object({ id: integer, name: text, alias: text, slug: text, type: text }),
        in_collection: boolean,
        collection: object({
          item_id: integer,
          state: text,
          buy_date: maybe(text),
          price: number,
          currency: text,
          condition: maybe(text),
          place: maybe(text),
          notes: maybe(text),
        }),
      }),
    ),
    ...place,
  }),
  paged,
);
export const stats = answers(
  object({
    total_items: integer,
    total_spent: number,
    totals: list(object({ currency: text, items: integer, spent: number })),
    first_buy: maybe(text),
    last_buy: maybe(text),
  }),
  paged,
);
export const login = answers(
  object({
    accessToken: text,
    user: object({
      id: text,
      username: text,
      email: maybe(text),
      email_verified: boolean,
      two_factor: boolean,
      first_name: maybe(text),
      last_name: maybe(text),
      website: maybe(text),
      facebook: maybe(text),
      instagram: maybe(text),
      linkedin: maybe(text),
      x: maybe(text),
      youtube: maybe(text),
      slug: text,
      profile_image: maybe(text),
      registered: text,
      age_verified: boolean,
      roles: list(text),
      permissions: list(text),
    }),
  }),
);
