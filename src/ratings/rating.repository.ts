import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { runIn, Sql, statement } from '../database/sql.js';
import { countingAll, countingOne } from './rating-counts.js';

const FIND = statement(
  'ratings.find',
  `select s.id as series, r.rating from series s
   left join ratings r on r.series_id = s.id and r.user_id = $1
   where s.id = $2`,
);

const ADD = statement(
  'ratings.add',
  `with target as (
     select id from series where id = $2
   ), written as (
     insert into ratings (user_id, series_id, rating) select $1, id, $3 from target
     on conflict (user_id, series_id) do nothing
     returning series_id, null::numeric as former, rating
   ), counted as (${countingOne('written')})
   select exists(select from target) as series_known, exists(select from written) as written`,
);

// The row is held before it is read: of changes at once, each sees what the one before it left.
const UPDATE = statement(
  'ratings.update',
  `with held as (
     select rating as former from ratings where user_id = $1 and series_id = $2 for no key update
   ), written as (
     update ratings r set rating = $3 from held where r.user_id = $1 and r.series_id = $2
     returning r.series_id, held.former, r.rating
   ), counted as (${countingOne('written')})
   select exists(select from written) as written`,
);

const DELETE = statement(
  'ratings.delete',
  `with written as (
     delete from ratings where user_id = $1 and series_id = $2
     returning series_id, rating as former, null::numeric as rating
   ), counted as (${countingOne('written')})
   select exists(select from written) as written`,
);

const DELETE_ALL = `with written as (
    delete from ratings where user_id = $1 returning series_id, rating as former, null::numeric as rating
  ) ${countingAll('written')}`;

const AVERAGES = `select c.series_id, round(sum(c.sum) / nullif(sum(c.count), 0), 2) as average from rating_counts c`;

const RANK = (condition: string) =>
  `with averages as (${AVERAGES} ${condition} group by c.series_id),
   held as (
     select s.id, a.average from series s join averages a on a.series_id = s.id
     where s.ranked_average is distinct from a.average order by s.id for no key update of s
   )
   update series s set ranked_average = held.average from held where s.id = held.id`;

const RANK_ALL = statement('ratings.rank-all', RANK(''));
const RANK_SOME = statement('ratings.rank-some', RANK('where c.series_id = any($1::int[])'));

@Injectable()
export class RatingRepository {
  constructor(private readonly sql: Sql) {}

  /** The rating; null when there is none, undefined when there is no such series. */
  async find(userId: string, seriesId: number): Promise<number | null | undefined> {
    const row = await this.sql.row<{ rating: string | null }>(FIND, [userId, seriesId]);
    return row && (row.rating === null ? null : Number(row.rating));
  }

  /** Rates a series, or finds that it is rated: of many at once, one is written and counted. */
  async add(
    userId: string,
    seriesId: number,
    rating: number,
  ): Promise<{ series_known: boolean; written: boolean }> {
    const outcome = await this.sql.row<{ series_known: boolean; written: boolean }>(ADD, [
      userId,
      seriesId,
      rating,
    ]);
    return outcome ?? { series_known: false, written: false };
  }

  /** Whether there was a rating to change. */
  async update(userId: string, seriesId: number, rating: number): Promise<boolean> {
    return (await this.sql.row<{ written: boolean }>(UPDATE, [userId, seriesId, rating]))?.written ?? false;
  }

  /** Whether there was a rating to delete. */
  async delete(userId: string, seriesId: number): Promise<boolean> {
    return (await this.sql.row<{ written: boolean }>(DELETE, [userId, seriesId]))?.written ?? false;
  }

  /** Takes all of a user's ratings out of the counts, in the transaction that deletes the user. */
  async deleteAll(em: EntityManager, userId: string): Promise<void> {
    await runIn(em, DELETE_ALL, [userId]);
  }

  /** Brings the order of lists up to date for the given series, or for all. */
  async rank(seriesIds: readonly number[] | 'all'): Promise<void> {
    await (seriesIds === 'all' ? this.sql.rows(RANK_ALL) : this.sql.rows(RANK_SOME, [seriesIds]));
  }
}
