import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { inject, expect, it } from 'vitest';
import { ormOptions } from '../../src/database/options.js';
import { deliverNumbers } from '../../src/database/type-parsers.js';
import { onServer, withDatabase } from '../support/database.js';

deliverNumbers();

it('makes existing items owned and of the default currency, with their counters, without rewriting their rows', async () => {
  const template = inject('templateUrl');
  const name = `shelf_${process.pid}`;
  await onServer(template, `create database ${name}`);
  const url = withDatabase(template, name);
  const orm = await MikroORM.init(ormOptions({ url, entities: [], max: 2, withoutTimeouts: true }));
  const client = new Client({ connectionString: url });
  await client.connect();
  const query = async (text: string) => (await client.query(text)).rows;
  try {
    await orm.migrator.up({ to: 'Migration20261126220000_imports' });
    await query(`insert into users (id, username, password_hash, slug) values ('a', 'a', '', 'a')`);
    await query(`insert into clients (id, name, key_hash) values (1, 'one', '')`);
    await query(
      `insert into series (external_id, name, type, slug, origin, digest) values ('s', 's', 'Manga', 's', 'Japanese', '')`,
    );
    await query(
      `insert into volumes (external_id, series_id, name, slug, group_order, language)
       select 'v' || i, (select id from series), 'v', 'v', i, 'en' from generate_series(1, 1000) i`,
    );
    await query(
      `insert into collection_items (user_id, volume_id, client_id, price, buy_date, series_name, group_order)
       select 'a', id, 1, 9.99, '2024-01-01', 's', group_order from volumes`,
    );
    const [before] = await query(`select pg_relation_filenode('collection_items') as file`);
    process.env['DEFAULT_CURRENCY'] = 'SEK';
    await orm.migrator.up();
    expect(await query(`select pg_relation_filenode('collection_items') as file`)).toEqual([before]);
    const state = { state: 'owned', currency: 'SEK' };
    expect(
      await query(`select state, currency, count(*)::int, sum(price) from collection_items group by 1, 2`),
    ).toEqual([{ ...state, count: 1000, sum: 9990 }]);
    expect(await query(`select state, currency, items, spent from collection_totals`)).toEqual([
      { ...state, items: 1000, spent: 9990 },
    ]);
    await query(`update collection_items set state = 'wanted', buy_date = null where group_order <= 10`);
    await query(`delete from collection_items where group_order > 990`);
    expect(await query(`select state, items, spent from collection_totals order by state`)).toEqual([
      { state: 'owned', items: 980, spent: 9790.2 },
      { state: 'wanted', items: 10, spent: 99.9 },
    ]);
  } finally {
    delete process.env['DEFAULT_CURRENCY'];
    await client.end();
    await orm.close();
    await onServer(template, `drop database ${name} with (force)`);
  }
});
