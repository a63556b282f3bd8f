import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { EmbeddedPostgres } from '../../src/embedded-postgres/embedded-postgres.js';
import { malExport } from '../support/imports.js';
import { seededRandom } from '../support/random.js';
import { Service } from '../support/service.js';

const print = (text: string) => process.stdout.write(`${text}\n`);

const SERIES = 9_000;
/** Kills in each of the two phases, at most. */
const KILLS = 12;

describe('SIGKILL during imports', () => {
  it('applies each row exactly once, on two nodes that are killed again and again', async () => {
    const random = seededRandom();
    const folder = await mkdtemp(join(tmpdir(), 'tankobon-imports-'));
    const server = await EmbeddedPostgres.join(folder, 'service');
    const env = {
      DATABASE_URL: server.url,
      JWT_SECRET: 'a secret for tests, of more than 32 bytes',
      LOG_LEVEL: 'silent',
    };
    const nodes = [await Service.start(env), await Service.start(env)];
    const database = new Client({ connectionString: server.url });
    await database.connect();
    await database.query(
      `insert into series (external_id, name, type, slug, origin, links, digest)
       select 'storm:' || n, 'Storm ' || n, 'Manga', 'storm-' || n, 'Japanese', jsonb_build_object('mal', n), ''
       from generate_series(500001, $1) n`,
      [500_000 + SERIES],
    );
    const first = nodes[0] as Service;
    const user = await first.user();

    // Every third series has two rows, which end as the furthest of both.
    const mals = Array.from({ length: SERIES }, (_, index) => 500_001 + index);
    const rows = mals.flatMap((id, index) => [
      { id, chapters: index % 90 },
      ...(index % 3 === 0 ? [{ id, volumes: 1 + (index % 40) }] : []),
    ]);
    const form = new FormData();
    form.append('file', new Blob([malExport(rows)]), 'list.xml');
    form.append('client', '1');
    let id = 0;

    // All leases end at once, instead of after a minute; also those of the other node, so that two runs of a job
    // overlap.
    const kill = async () => {
      const index = Math.floor(random() * nodes.length);
      await (nodes[index] as Service).stop('SIGKILL');
      await database.query('update queued_jobs set run_at = clock_timestamp()');
      nodes[index] = await Service.start({ ...env, DATA_DIR: (nodes[index] as Service).dataDir });
    };
    const waitsForLock = async () =>
      (
        await database.query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
      ).rowCount !== 0;
    const stateOf = async () =>
      (
        await database.query<{ state: string; done: number }>(
          'select state, done from imports where id = $1',
          [id],
        )
      ).rows[0];
    const blocker = new Client({ connectionString: server.url });
    await blocker.connect();
    let kills = 0;
    /** Waits until the job of a request has brought the import into a state, and kills nodes meanwhile. */
    const until = async (state: string, request: () => Promise<void>) => {
      // For the first kills, the job waits for this lock in the middle of its work, however fast the machine is.
      await blocker.query('begin; lock table import_rows in exclusive mode');
      await request();
      for (kills = 0; kills < 2; kills++) {
        await expect.poll(waitsForLock).toBe(true);
        await kill();
      }
      await blocker.query('rollback');
      for (let turn = 0; (await stateOf())?.state !== state; turn++) {
        expect((await stateOf())?.state).not.toBe('failed');
        await sleep(50 + random() * 250);
        if (turn % 2 === 1 && kills < KILLS && (await stateOf())?.state !== state) {
          kills++;
          await kill();
        }
      }
    };
    await until('preview', async () => {
      const answer = await first.fetch('/user/imports', {
        method: 'POST',
        headers: user.headers,
        body: form,
      });
      expect(answer.status).toBe(202);
      ({ id } = (await answer.json()) as { id: number });
    });
    const readKills = kills;
    await until('done', async () => {
      const path = `/user/imports/${id}/apply`;
      const answer = await (nodes[0] as Service).fetch(path, { method: 'POST', headers: user.headers });
      expect(answer.status).toBe(202);
    });
    print(`${rows.length} rows, ${readKills} kills while reading, ${kills} while applying`);

    // The ledger: one entry and one event for each series, whatever was killed.
    const { rows: entries } = await database.query<{ mal: number; chapters: number; volumes: number | null }>(
      `select (s.links ->> 'mal')::int as mal,
         case e.progress_type when 'chapters' then e.progress else e.other_progress end::float as chapters,
         case e.progress_type when 'volumes' then e.progress else e.other_progress end::float as volumes
       from reading_entries e join series s on s.id = e.series_id where e.user_id = $1`,
      [user.id],
    );
    const stored = new Map(entries.map((entry) => [entry.mal, entry]));
    expect(stored.size).toBe(SERIES);
    for (const [index, mal] of mals.entries()) {
      const { chapters, volumes } = stored.get(mal) as { chapters: number | null; volumes: number | null };
      expect([chapters ?? 0, volumes ?? 0]).toEqual([index % 90, index % 3 === 0 ? 1 + (index % 40) : 0]);
    }
    const { rows: events } = await database.query<{ count: number; series: number; versions: number }>(
      `select count(*)::int as count, count(distinct series_id)::int as series, count(distinct number)::int as versions
       from reader_events where user_id = $1 and origin = 'import' and origin_id = $2`,
      [user.id, id],
    );
    expect(events).toEqual([{ count: SERIES, series: SERIES, versions: SERIES }]);
    const { rows: unapplied } = await database.query(
      'select from import_rows where user_id = $1 and import_id = $2 and run <> 1',
      [user.id, id],
    );
    expect(unapplied).toHaveLength(0);

    await blocker.end();
    await database.end();
    for (const node of nodes) expect(await node.stop()).toBe(0);
    await server.leave();
    for (const path of [folder, ...nodes.map(({ dataDir }) => dataDir)]) {
      await rm(path, { recursive: true, force: true });
    }
  });
});
