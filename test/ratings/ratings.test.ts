import pLimit from 'p-limit';
import { insertSeries } from '../support/catalog-rows.js';
import { describe, expect, it } from 'vitest';
import { RatingRanking } from '../../src/ratings/rating-ranking.js';
import { appForFile } from '../support/app.js';
import type { TestUser } from '../support/builders.js';
import { seededRandom } from '../support/random.js';

const app = appForFile();
const forbidden = { status: 403, body: { data: 'Forbidden', code: 403 } };

const add = (user: TestUser, id: number, rating: unknown) =>
  app.client.as(user).post(`/user/series-rating/add/${id}`, { rating });
const update = (user: TestUser, id: number, rating: unknown) =>
  app.client.as(user).post(`/user/series-rating/update/${id}`, { rating });
const remove = (user: TestUser, id: number) => app.client.as(user).delete(`/user/series-rating/delete/${id}`);

/** Rating count, average and distribution: as the service returns them, and recomputed from the ratings. */
async function distributions(id: number) {
  const { body } = await app.client.get(`/series/${id}`);
  const [row] = await app.database.query<{ count: number; average: string | null; buckets: number[] }>(
    `select count(*)::int as count, round(avg(rating), 2) as average,
       array(select count(*) filter (where floor(r.rating + 0.5) = b)::int
             from generate_series(1, 10) b left join ratings r on r.series_id = $1 group by b order by b) as buckets
     from ratings where series_id = $1`,
    [id],
  );
  const shown = {
    count: body.rating_count,
    average: body.average_rating,
    buckets: body.ratings.map(({ count }: { count: number }) => count),
  };
  const recomputed = { ...row, average: row?.average == null ? null : Number(row.average) };
  return { shown, recomputed };
}

describe('Ratings: /user/series-rating', () => {
  it('adds, returns, changes and deletes a rating', async () => {
    const reader = await app.a.user();
    const id = await app.a.oneSeries();
    const url = `/user/series-rating/${id}`;
    expect(await app.client.withCookie(reader).get(url)).toMatchObject({ status: 200, text: 'null' });
    expect(await add(reader, id, 8.5)).toMatchObject({
      status: 200,
      body: { data: 'Rating added successfully', code: 200 },
    });
    expect((await app.client.as(reader).get(url)).body).toEqual({
      rating: 8.5,
      user_id: reader.id,
      series_id: id,
    });
    expect(await add(reader, id, 3)).toMatchObject({
      status: 409,
      body: { data: 'Rating already exists for this series', code: 409 },
    });
    expect(await update(reader, id, 9)).toMatchObject({
      status: 200,
      body: { data: 'Rating updated successfully', code: 200 },
    });
    expect((await app.client.get(`/series/${id}`)).body).toMatchObject({
      average_rating: 9,
      rating_count: 1,
    });
    expect(await remove(reader, id)).toMatchObject({
      status: 200,
      body: { data: 'Rating deleted successfully', code: 200 },
    });
    const missing = { status: 404, body: { data: 'Rating does not exist for this series', code: 404 } };
    expect(await remove(reader, id)).toMatchObject(missing);
    expect(await update(reader, id, 9)).toMatchObject(missing);
    expect((await app.client.get(`/series/${id}`)).body).toMatchObject({
      average_rating: null,
      rating_count: 0,
    });
  });

  it('returns a user’s own rating in the reading history', async () => {
    const [reader, other] = [await app.a.user(), await app.a.user()];
    const id = await app.a.oneSeries();
    await app.client.as(reader).post(`/user/reading-status/add/${id}`, await app.a.entry());
    await add(other, id, 2);
    const rating = async () =>
      (await app.client.as(reader).get('/user/reading-history')).body.series[0].rating;
    expect(await rating()).toBeNull();
    await add(reader, id, 7);
    expect(await rating()).toEqual({ rating: 7, user_id: reader.id, series_id: id });
  });

  it.each([
    [undefined, 'Required parameters missing'],
    [null, 'Required parameters missing'],
    [' ', 'Required parameters missing'],
    [0, 'Invalid parameters'],
    [0.9, 'Invalid parameters'],
    [10.1, 'Invalid parameters'],
    [5.55, 'Invalid parameters'],
    ['5', 'Invalid parameters'],
    [true, 'Invalid parameters'],
    [[5], 'Invalid parameters'],
    [{ $gt: 1 }, 'Invalid parameters'],
  ])('rejects the rating %j with 400', async (rating, data) => {
    const reader = await app.a.user();
    const id = await app.a.oneSeries();
    expect(await add(reader, id, rating)).toMatchObject({ status: 400, body: { data } });
    expect((await app.client.as(reader).get(`/user/series-rating/${id}`)).text).toBe('null');
  });

  it('answers 404 to a rating of an unknown series and 400 to a blank id', async () => {
    const reader = await app.a.user();
    const missing = { status: 404, body: { data: 'Series not found' } };
    expect(await app.client.as(reader).get('/user/series-rating/999999')).toMatchObject(missing);
    expect(await add(reader, 999_999, 5)).toMatchObject(missing);
    const blank = { status: 400, body: { data: 'Required parameters missing' } };
    for (const tail of ['', '/', '/%20']) {
      expect(await app.client.as(reader).get(`/user/series-rating${tail}`)).toMatchObject(blank);
      expect(await app.client.as(reader).post(`/user/series-rating/add${tail}`, { rating: 5 })).toMatchObject(
        blank,
      );
      expect(await app.client.as(reader).delete(`/user/series-rating/delete${tail}`)).toMatchObject(blank);
    }
  });

  it('rejects 199 of 200 concurrent ratings of the same series with 409', async () => {
    const reader = await app.a.user();
    const id = await app.a.oneSeries();
    const answers = await Promise.all(Array.from({ length: 200 }, () => add(reader, id, 5)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(199);
    expect((await distributions(id)).shown).toMatchObject({ count: 1, average: 5 });
  });
});

describe('The permission rate-series', () => {
  it('requires rate-series to add, change or delete a rating, but not to read one', async () => {
    const reader = await app.a.user({ permissions: ['view-users'] });
    const id = await app.a.oneSeries();
    expect(await add(reader, id, 5)).toMatchObject(forbidden);
    expect(await update(reader, id, 5)).toMatchObject(forbidden);
    expect(await remove(reader, id)).toMatchObject(forbidden);
    expect(await add(reader, id, 'x')).toMatchObject(forbidden);
    expect((await app.client.as(reader).get(`/user/series-rating/${id}`)).status).toBe(200);
  });

  it('answers 403 from the next request on after rate-series is revoked', async () => {
    const reader = await app.a.user();
    const id = await app.a.oneSeries();
    expect((await add(reader, id, 5)).status).toBe(200);
    await app.database.query('delete from user_roles where user_id = $1', [reader.id]);
    expect(await update(reader, id, 6)).toMatchObject(forbidden);
    expect((await app.client.as(reader).get('/auth/me')).body.user.permissions).toEqual([]);
  });
});

describe('Average ratings', () => {
  it('rounds averages half up to two digits, and ratings half up to whole numbers in the distribution', async () => {
    const id = await app.a.oneSeries();
    for (const rating of [1.5, 1.4, 9.5]) await add(await app.a.user(), id, rating);
    const { body } = await app.client.get(`/series/${id}`);
    expect(body).toMatchObject({ average_rating: 4.13, rating_count: 3 });
    const filled = body.ratings.filter(({ count }: { count: number }) => count > 0);
    expect(filled).toEqual([
      { rating: 1, count: 1 },
      { rating: 2, count: 1 },
      { rating: 10, count: 1 },
    ]);
    expect(body.ratings).toHaveLength(10);
  });

  it('returns exact averages after 1,000 users add, change and delete ratings concurrently', async () => {
    const readers = await Promise.all(Array.from({ length: 10 }, () => app.a.user()));
    await app.database.query(
      `insert into users (id, username, slug, password_hash)
       select lpad(to_hex(i + 4096), 24, 'a'), 'crowd' || i, 'crowd' || i, '' from generate_series(1, 990) i`,
    );
    await app.database.query(
      `insert into sessions (user_id, id, expires, ip) select id, gen_random_uuid(), now() + '1 day', '' from users where username like 'crowd%'`,
    );
    await app.database.query(
      `insert into user_roles select u.id, r.id from users u, roles r where u.username like 'crowd%' and r.name = 'user'`,
    );
    const { Tokens } = await import('../../src/access/tokens.js');
    const tokens = app.nest.get(Tokens);
    const crowd = await app.database.query<{ user_id: string; id: string }>(
      `select user_id, s.id from sessions s join users u on u.id = s.user_id where u.username like 'crowd%'`,
    );
    const raters = [
      ...readers,
      ...crowd.map((session) => ({
        id: session.user_id,
        username: '',
        password: '',
        cookie: '',
        accessToken: tokens.accessToken(session.user_id, session.id),
      })),
    ];
    expect(raters).toHaveLength(1000);
    const [hot, warm] = (await app.a.series({}, {})) as [number, number];
    const random = seededRandom(42);
    const rating = () => Math.round(10 + random() * 90) / 10;
    const statuses = new Map<number, number>();
    // 40 concurrent requests for 10 connections.
    const limit = pLimit(20);
    await Promise.all(
      raters.map((reader) =>
        limit(async () => {
          for (let step = 0; step < 2; step++) {
            const id = random() < 0.8 ? hot : warm;
            const change = random();
            // Each user sends two requests concurrently, so that changes of one row also conflict.
            const both = [0, 1].map(() =>
              change < 0.4
                ? add(reader, id, rating())
                : change < 0.8
                  ? update(reader, id, rating())
                  : remove(reader, id),
            );
            for (const { status } of await Promise.all(both))
              statuses.set(status, (statuses.get(status) ?? 0) + 1);
          }
        }),
      ),
    );
    expect([...statuses.keys()].toSorted()).toEqual([200, 404, 409]);
    for (const id of [hot, warm]) {
      const { shown, recomputed } = await distributions(id);
      expect(shown).toEqual(recomputed);
      expect(shown.count).toBeGreaterThan(50);
    }
    // Deletes accounts concurrently, with their ratings.
    await Promise.all(readers.map((reader) => app.client.as(reader).delete('/users/current')));
    for (const id of [hot, warm]) {
      const { shown, recomputed } = await distributions(id);
      expect(shown).toEqual(recomputed);
    }
  });

  it('updates averages when an account is deleted', async () => {
    const [reader, other] = [await app.a.user(), await app.a.user()];
    const ids = await app.a.series({}, {}, {});
    for (const id of ids) {
      await add(reader, id, 10);
      await add(other, id, 4);
    }
    expect((await app.client.as(reader).delete('/users/current')).status).toBe(204);
    for (const id of ids) {
      const { shown, recomputed } = await distributions(id);
      expect(shown).toEqual(recomputed);
      expect(shown).toMatchObject({ count: 1, average: 4 });
    }
  });

  it('orders series by average rating, unrated ones last in both directions', async () => {
    const ids = await app.a.series(
      { type: 'Comic' },
      { type: 'Comic' },
      { type: 'Comic' },
      { type: 'Comic' },
    );
    const reader = await app.a.user();
    await add(reader, ids[0] as number, 5);
    await add(reader, ids[1] as number, 9);
    await add(reader, ids[3] as number, 5);
    await app.nest.get(RatingRanking).update();
    const order = async (direction: string) => {
      const { body } = await app.client.get(`/series?type=Comic&order=rating-${direction}`);
      return body.series.map(({ id }: { id: number }) => ids.indexOf(id));
    };
    expect(await order('desc')).toEqual([1, 0, 3, 2]);
    expect(await order('asc')).toEqual([0, 3, 1, 2]);
    await remove(reader, ids[1] as number);
    await app.nest.get(RatingRanking).update();
    expect(await order('desc')).toEqual([0, 3, 1, 2]);
  });

  it('orders series without the ratings of a deleted account', async () => {
    const [one, other] = (await app.a.series({ type: 'Manhua' }, { type: 'Manhua' })) as [number, number];
    const leaving = await app.a.user();
    await add(await app.a.user(), one, 6);
    await add(leaving, other, 9);
    const first = async () => {
      await app.nest.get(RatingRanking).update();
      return (await app.client.get('/series?type=Manhua&order=rating-desc')).body.series[0].id;
    };
    expect(await first()).toBe(other);
    expect((await app.client.as(leaving).delete('/users/current')).status).toBe(204);
    expect(await first()).toBe(one);
  });

  describe('of a series whose ratings contend for its counters', () => {
    let id: number;
    const shards = () => app.database.query('select count from rating_shards where series_id = $1', [id]);
    const summary = async () => {
      const { rating_count, average_rating, ratings } = (await app.client.get(`/series/${id}`)).body;
      return { rating_count, average_rating, tens: ratings[9].count };
    };
    let readers: TestUser[];
    const rate = async (reader: number, rating: number) => {
      const client = app.client.as(readers[reader] as TestUser);
      expect((await client.post(`/user/series-rating/add/${id}`, { rating })).status).toBe(200);
    };

    it('stay exact while the series becomes sharded, and after its shards are folded', async () => {
      [id = 0] = await insertSeries(app.database, ['contended']);
      readers = await Promise.all(Array.from({ length: 4 }, () => app.a.user()));
      await rate(0, 10);
      expect(await summary()).toEqual({ rating_count: 1, average_rating: 10, tens: 1 });

      // A transaction that holds the counters. Two ratings wait for it and then count.
      await app.database.query('begin');
      await app.database.query('update rating_totals set count = count where series_id = $1', [id]);
      const waiting = [rate(1, 10), rate(2, 4)];
      await expect
        .poll(async () => {
          const rows = await app.database.query(
            `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
          );
          return rows.length;
        })
        .toBe(2);
      expect(await summary()).toMatchObject({ rating_count: 1 });
      await app.database.query('commit');
      await Promise.all(waiting);
      expect(await summary()).toEqual({ rating_count: 3, average_rating: 8, tens: 2 });

      // The series is sharded: a rating waits for the totals no longer.
      await app.database.query('begin');
      await app.database.query('update rating_totals set count = count where series_id = $1', [id]);
      await rate(3, 1);
      await app.database.query('commit');
      expect(await summary()).toEqual({ rating_count: 4, average_rating: 6.25, tens: 2 });
      expect(await shards()).not.toEqual([]);

      await app.nest.get(RatingRanking).update();
      expect(await shards()).toEqual([]);
      expect(await summary()).toEqual({ rating_count: 4, average_rating: 6.25, tens: 2 });
    });
  });
});
