// LIMIT: the least program that could answer the same requests. Bare Fastify with a response schema per route, pg
// with hand-written prepared statements, verification of the token, and one indexed lookup of the session per
// request. It has only the validation that it needs not to fail, no rate limits, no log, and no errors other than 401
// and 404.
// oxlint-disable no-async-endpoint-handlers -- Fastify, unlike Express, waits for handlers.
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { verify as verifyPassword } from '@node-rs/argon2';
import Fastify from 'fastify';
import { Pool, types } from 'pg';
import { signed } from './limit-token.mjs';
import * as shapes from './limit-shapes.mjs';
import * as sql from './limit-statements.mjs';

const { DATABASE_URL, JWT_SECRET, PORT } = process.env;
const key = createSecretKey(Buffer.from(JWT_SECRET, 'utf8'));
// Parses numerics and bigints as numbers: all values here fit into a double.
types.setTypeParser(types.builtins.NUMERIC, Number);
types.setTypeParser(types.builtins.INT8, Number);
const pool = new Pool({ connectionString: DATABASE_URL, max: 20, application_name: 'limit' });
const statements = { ...sql };
const query = async (name, values) => (await pool.query({ name, text: statements[name], values })).rows;

// Creates the table of one counter row per series, the design with which the service's counters are compared.
await pool.query(sql.COUNTER_ROWS);

const app = Fastify();
app.get('/ready', () => 'ready');

const refused = Object.assign(new Error('Unauthorized'), { statusCode: 401 });
const missing = Object.assign(new Error('Not found'), { statusCode: 404 });

/** Verifies the token and its session. @returns the user's id */
async function userOf(request) {
  const token = request.headers.authorization?.slice(7) ?? '';
  const end = token.lastIndexOf('.');
  const signature = createHmac('sha256', key).update(token.slice(0, end)).digest();
  const given = Buffer.from(token.slice(end + 1), 'base64url');
  if (given.length !== signature.length || !timingSafeEqual(given, signature)) throw refused;
  const claims = JSON.parse(Buffer.from(token.slice(token.indexOf('.') + 1, end), 'base64url'));
  const { sub, sid, exp, aud, iss } = claims;
  if (exp * 1000 < Date.now() || aud !== 'tankobon:access' || iss !== 'tankobon') throw refused;
  if ((await query('session', [sub, sid])).length === 0) throw refused;
  return sub;
}

function page(rows, limit, offset) {
  const total = rows[0]?.total ?? 0;
  const shown = rows.filter(({ id }) => id !== null);
  const place = shown.length === 0 ? { from: 0, to: 0 } : { from: offset + 1, to: offset + shown.length };
  return { shown, max: Math.ceil(total / limit), ...place, total };
}

const series = (row) => ({
  id: row.id,
  name: row.name,
  type: row.type,
  slug: row.slug,
  origin: row.origin,
  client: row.client,
  public: row.public,
  nsfw: row.nsfw,
  nsfw18: row.nsfw18,
  alias: row.alias,
  aliases: row.aliases,
  description: row.description,
  tags: row.tags,
  authors: row.authors,
  links: {
    mal: row.links.mal ?? null,
    anilist: row.links.anilist ?? null,
    kitsu: row.links.kitsu ?? null,
    mangaupdates: row.links.mangaupdates ?? null,
    mangadex: row.links.mangadex ?? null,
  },
  volume: row.volume,
  average_rating: row.average_rating,
  rating_count: row.rating_count,
  publisher_language: row.publisher_language,
});

const historySeries = (row) => ({
  ...series(row),
  'reading-history': { ...row, client: row.entry_client },
  rating: row.rating === null ? null : { rating: row.rating, user_id: row.user_id, series_id: row.series_id },
});

app.get('/user/reading-history', { schema: shapes.historyPage }, async (request) => {
  const user = await userOf(request);
  const { order, search, limit = 20, offset = 0 } = request.query;
  const term = search?.toLowerCase();
  const rows =
    term === undefined
      ? await query(order === 'name-asc' ? 'historyByName' : 'historyByUpdate', [user, 'en', limit, offset])
      : await query('historySearch', [user, 'en', limit, offset, `%${term.replace(/[\\%_]/g, '\\$&')}%`]);
  const { shown, ...place } = page(rows, limit, offset);
  return { series: shown.map(historySeries), ...place };
});

app.get('/user/reading-status/id/:id', { schema: shapes.entry }, async (request) => {
  const [entry] = await query('entry', [await userOf(request), request.params.id]);
  if (entry === undefined) throw missing;
  return entry;
});

app.post('/user/reading-status/update/:id', { schema: shapes.entryUpdate }, async (request) => {
  const user = await userOf(request);
  const { visibility, progressType, progress, status, reread, score, priority, start, end, notes, client } =
    request.body;
  const values = [
    user,
    request.params.id,
    visibility,
    progressType,
    progress,
    status,
    reread ?? 0,
    score || null,
  ];
  const changed = await query('entryUpdate', [
    ...values,
    priority,
    start ?? null,
    end ?? null,
    notes ?? null,
    client,
  ]);
  if (changed.length === 0) throw missing;
  return { data: 'Reading status updated successfully', code: 200 };
});

app.post('/user/series-rating/update/:id', { schema: shapes.ratingUpdate }, async (request) => {
  const user = await userOf(request);
  const [changed] = await query('ratingUpdate', [user, request.params.id, request.body.rating]);
  if (changed === undefined) throw missing;
  return { data: 'Rating updated successfully', code: 200 };
});

const volume = (row) => ({
  ...row,
  series: {
    id: row.series_id,
    name: row.series_name,
    alias: row.series_alias,
    slug: row.series_slug,
    type: row.series_type,
  },
  in_collection: true,
  collection: { item_id: row.item_id, buy_date: row.buy_date, price: row.price },
});

app.get('/user/collection', { schema: shapes.collectionPage }, async (request) => {
  const user = await userOf(request);
  const { client, limit = 20, offset = 0 } = request.query;
  const { shown, ...place } = page(
    await query('collection', [user, client, 'en', limit, offset]),
    limit,
    offset,
  );
  return { volumes: shown.map(volume), ...place };
});

app.get('/user/collection/stats/general', { schema: shapes.stats }, async (request) => {
  const user = await userOf(request);
  const [stats] = await query('stats', [user, request.query.client]);
  return stats;
});

app.get('/series', { schema: shapes.seriesPage }, async (request) => {
  const { search, limit = 20, offset = 0 } = request.query;
  const term = search.toLowerCase().replace(/[\\%_]/g, '\\$&');
  const patterns = [`%${term}%`, `%\n${term}\n%`, `%\n${term}%`, `% ${term}%`];
  const { shown, ...place } = page(
    await query('seriesSearch', ['en', limit, offset, ...patterns]),
    limit,
    offset,
  );
  return { series: shown.map(series), ...place };
});

app.post('/auth/login', { schema: shapes.login }, async (request, reply) => {
  const { username, password } = request.body;
  const [user] = await query('login', [username.toLowerCase()]);
  if (user === undefined || !(await verifyPassword(user.password_hash, password))) throw refused;
  const session = crypto.randomUUID();
  await query('openSession', [user.id, session, request.headers['user-agent'] ?? null, request.ip]);
  const now = Math.floor(Date.now() / 1000);
  const issue = (claims, audience, seconds) =>
    signed(
      { sub: user.id, sid: session, ...claims, iat: now, exp: now + seconds, aud: audience, iss: 'tankobon' },
      key,
    );
  const refresh = issue({ cnt: 0 }, 'tankobon:refresh', 2_592_000);
  reply.header('set-cookie', `refreshToken=${refresh}; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax`);
  return { accessToken: issue({}, 'tankobon:access', 600), user };
});

await app.listen({ port: Number(PORT), host: 'localhost' });
process.once('SIGTERM', async () => {
  await app.close();
  await pool.end();
});
