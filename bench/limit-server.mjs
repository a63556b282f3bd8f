// LIMIT: the least program that could answer the same requests. Bare Fastify with a response schema per route, pg
// with hand-written prepared statements over tables of its own (limit-tables.mjs), verification of the token, and one
// indexed lookup of the session per request. It has only the validation that it needs not to fail, no rate limits, no
// log, and no errors other than 401 and 404. It answers in English, the language of all measured requests.
// oxlint-disable no-async-endpoint-handlers -- Fastify, unlike Express, waits for handlers.
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { verify as verifyPassword } from '@node-rs/argon2';
import Fastify from 'fastify';
import { Pool, types } from 'pg';
import { cursorOf, positionOf, signed } from './limit-token.mjs';
import * as shapes from './limit-shapes.mjs';
import * as sql from './limit-statements.mjs';
import { LIMIT_SCHEMA } from './limit-tables.mjs';

const { DATABASE_URL, JWT_SECRET, PORT } = process.env;
const key = createSecretKey(Buffer.from(JWT_SECRET, 'utf8'));
// Parses numerics and bigints as numbers: all values here fit into a double. Leaves dates as they are.
types.setTypeParser(types.builtins.NUMERIC, Number);
types.setTypeParser(types.builtins.INT8, Number);
types.setTypeParser(types.builtins.DATE, String);
const pool = new Pool({
  connectionString: DATABASE_URL,
  max: 20,
  application_name: 'limit',
  // Without the service's tables in the search path, no statement can use them by mistake. The plans of the statements do
  // not depend on their parameters, and planning a page costs PostgreSQL more than executing it.
  options: `-c search_path=${LIMIT_SCHEMA} -c plan_cache_mode=force_generic_plan`,
});
const statements = { ...sql };
const query = async (name, values) => (await pool.query({ name, text: statements[name], values })).rows;

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

/** The language of the answers' titles and descriptions. */
const LANGUAGE = 'en';

/**
 * The place of a page in its list.
 *
 * @param rows the rows of the page, each with the total of the list
 * @param countOf reads the total of a list whose page is empty
 */
async function placeOf(rows, limit, offset, countOf) {
  const total = rows[0]?.total ?? (await countOf())[0]?.total ?? 0;
  const [from, to] = rows.length === 0 ? [0, 0] : [offset + 1, offset + rows.length];
  return { max: Math.ceil(total / limit), from, to, total };
}

const containing = (term) => `%${term.replace(/[\\%_]/g, '\\$&')}%`;

/** Completes a row, which has the columns of the series and of the entry. Both have a client. */
function historySeries(row) {
  const { user_id, series_id, rating } = row;
  row['reading-history'] = {
    user_id,
    series_id,
    visibility: row.visibility,
    progress_type: row.progress_type,
    progress: row.progress,
    chapters: row.chapters,
    volumes: row.volumes,
    status: row.status,
    reread: row.reread,
    score: row.score,
    priority: row.priority,
    start: row.start,
    end: row.end,
    notes: row.notes,
    client: row.entry_client,
    last_update: row.last_update,
    created: row.created,
    version: row.version,
  };
  row.rating = rating === null ? null : { rating, user_id, series_id };
  row.chapters = row.series_chapters;
  return row;
}

app.get('/user/reading-history', { schema: shapes.historyPage }, async (request) => {
  const user = await userOf(request);
  const { order, search, limit = 20, offset = 0 } = request.query;
  const range = [user, LANGUAGE, limit, offset];
  if (search !== undefined) {
    const pattern = containing(search.toLowerCase());
    const rows = await query('historySearch', [...range, pattern]);
    return historyPage(rows, limit, offset, () => query('historySearchTotal', [user, pattern]));
  }
  const rows = await query(order === 'name-asc' ? 'historyByName' : 'historyByUpdate', range);
  return historyPage(rows, limit, offset, () => query('historyTotal', [user]));
});

async function historyPage(rows, limit, offset, countsOfEmpty) {
  const [{ counts: found }] = rows.length > 0 ? rows : await countsOfEmpty();
  const counts = { planned: 0, started: 0, completed: 0, paused: 0, dropped: 0, ...found };
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const place = await placeOf(rows, limit, offset, () => [{ total }]);
  return { series: rows.map(historySeries), counts, ...place, total, max: Math.ceil(total / limit) };
}

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
  return { data: 'Reading status updated successfully', code: 200, entry: changed[0] };
});

app.post('/user/reading-status/progress/:id', { schema: shapes.progress }, async (request) => {
  const user = await userOf(request);
  const { op, value, client, date } = request.body;
  const [entry] = await query('progress', [user, request.params.id, op, value, client, date ?? null]);
  if (entry === undefined) throw missing;
  return entry;
});

app.post('/user/reading-history/bulk', { schema: shapes.bulk }, async (request) => {
  const user = await userOf(request);
  const { client, items } = request.body;
  const [ids, values] = [items.map((item) => item.series_id), items.map((item) => item.value)];
  const rows = await query('bulk', [user, ids, values, client]);
  const data = 'Reading status updated successfully';
  const results = rows.map(({ version }, index) => {
    const { op, series_id } = items[index];
    return { index, op, series_id, code: 200, data, version, errors: null };
  });
  return { id: Math.max(...rows.map(({ version }) => version)), results };
});

app.get('/user/reading-history/changes', { schema: shapes.changes }, async (request) => {
  const user = await userOf(request);
  const { cursor, limit = 100 } = request.query;
  const now = Date.now();
  const start = cursor === undefined ? { after: 0, since: now } : positionOf(user, cursor, key);
  if (start === null) throw refused;
  const rows = await query('changes', [user, start.after, limit + 1]);
  const changes = rows.slice(0, limit).map((row) => ({
    series_id: row.changed,
    version: row.number,
    deleted: row.version === null,
    entry: row.version === null ? null : row,
  }));
  const more = rows.length > limit;
  const next = { after: changes.at(-1)?.version ?? start.after, since: more ? start.since : now };
  return { changes, cursor: cursorOf(user, next, key), more };
});

app.get('/user/events', { schema: shapes.events }, async (request) => {
  const user = await userOf(request);
  const { limit = 20 } = request.query;
  const rows = await query('events', [user, limit + 1]);
  const events = rows.slice(0, limit);
  return { events, next: rows.length > limit ? events.at(-1).id : null };
});

app.post('/user/series-rating/update/:id', { schema: shapes.ratingUpdate }, async (request) => {
  const user = await userOf(request);
  const [changed] = await query('ratingUpdate', [user, request.params.id, request.body.rating]);
  if (changed === undefined) throw missing;
  const rating = { rating: request.body.rating, user_id: user, series_id: request.params.id };
  return { data: 'Rating updated successfully', code: 200, rating };
});

function collectionVolume(row) {
  row.series = {
    id: row.series_id,
    name: row.series_name,
    alias: row.series_alias,
    slug: row.series_slug,
    type: row.series_type,
  };
  row.in_collection = true;
  const { item_id, state, buy_date, price, currency, condition, place, notes } = row;
  row.collection = { item_id, state, buy_date, price, currency, condition, place, notes };
  return row;
}

app.get('/user/collection', { schema: shapes.collectionPage }, async (request) => {
  const user = await userOf(request);
  const { client, limit = 20, offset = 0 } = request.query;
  const rows = await query('collection', [user, client, LANGUAGE, limit, offset]);
  const place = await placeOf(rows, limit, offset, () => query('collectionTotal', [user, client]));
  return { volumes: rows.map(collectionVolume), ...place };
});

app.get('/user/collection/stats/general', { schema: shapes.stats }, async (request) => {
  const user = await userOf(request);
  const [stats] = await query('stats', [user, request.query.client]);
  return stats;
});

app.get('/series', { schema: shapes.seriesPage }, async (request) => {
  const { search, limit = 20, offset = 0 } = request.query;
  const pattern = containing(search.toLowerCase());
  const term = pattern.slice(1, -1);
  const order = [`%\n${term}\n%`, `%\n${term}%`, `% ${term}%`];
  const rows = await query('seriesSearch', [pattern, LANGUAGE, limit, offset, ...order]);
  const place = await placeOf(rows, limit, offset, () => query('seriesSearchTotal', [pattern]));
  for (const row of rows) row.chapters = row.series_chapters;
  return { series: rows, ...place };
});

app.post('/auth/login', { schema: shapes.login }, async (request, reply) => {
  const { username, password } = request.body;
  const [found] = await query('login', [username.toLowerCase()]);
  if (found === undefined || !(await verifyPassword(found.password_hash, password))) throw refused;
  const { user_id: sub, account: user } = found;
  const session = crypto.randomUUID();
  await query('openSession', [sub, session, request.headers['user-agent'] ?? null, request.ip]);
  const now = Math.floor(Date.now() / 1000);
  const issue = (claims, audience, seconds) =>
    signed(
      { sub, sid: session, ...claims, iat: now, exp: now + seconds, aud: audience, iss: 'tankobon' },
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
