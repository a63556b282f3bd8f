import { describe, expect, it } from 'vitest';
import { appForFile } from '../support/app.js';
import { onOneDay, today } from '../support/dates.js';
import { form } from '../support/forms.js';
import { recordStatements } from '../support/statements.js';

const app = appForFile();

describe('GET /admin/stats', () => {
  it(
    'returns the totals of a recount after concurrent additions and deletions',
    onOneDay(async () => {
      const admin = await app.a.administrator();
      const client = app.client.as(admin);
      const before = (await client.get('/admin/stats')).body;
      const series = await app.a.series(...Array.from({ length: 6 }, () => ({})));
      const entry = await app.a.entry();
      const png = await (
        await import('sharp')
      )
        .default({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
        .png()
        .toBuffer();
      const users = await Promise.all(Array.from({ length: 12 }, () => app.a.user()));
      await Promise.all(
        users.map(async (user, index) => {
          const own = app.client.as(user);
          for (const id of series.slice(0, 1 + (index % 6))) {
            await own.post(`/user/reading-status/add/${id}`, entry);
            await own.post(`/user/series-rating/add/${id}`, { rating: 1 + (index % 9) });
          }
          await own.delete(`/user/reading-status/delete/${series[0]}`);
          await own.post(
            `/v1/users/${user.id}/avatars`,
            undefined,
            form([{ filename: 'a.png', bytes: png }]),
          );
          const parts = [
            { name: 'client', bytes: String(entry['client']) },
            { filename: 'a.png', bytes: png },
          ];
          const photo = await own.post(`/v1/users/${user.id}/photos`, undefined, form(parts));
          if (index % 3 === 0) await own.delete(`/v1/photos/${photo.body.id}`);
          if (index % 4 === 0) await own.delete('/users/current');
        }),
      );
      const { totals, days } = (await client.get('/admin/stats')).body;
      const [recount] = await app.database.query(
        `select (select count(*)::int from users) as users, (select count(*)::int from reading_entries) as entries,
         (select count(*)::int from ratings) as ratings, (select count(*)::int from collection_items) as items,
         (select count(*)::int from photos) as photos,
         (select coalesce(sum(stored_bytes), 0)::int from photos)
           + (select coalesce(sum(stored_bytes), 0)::int from avatars) as storage_bytes`,
      );
      expect(totals).toMatchObject(recount as object);
      expect(totals.storage_bytes).toBeGreaterThan(0);
      expect(days).toHaveLength(30);
      const dates = days.map(({ date }: { date: string }) => date);
      expect(dates).toEqual(dates.toSorted());
      expect(dates.at(-1)).toBe(today());
      const added = (kind: string) => days.at(-1)[kind] - before.days.at(-1)[kind];
      expect(added('users')).toBe(12);
      expect(added('sign_ins')).toBe(12);
      expect(added('entries')).toBe(2 * (1 + 2 + 3 + 4 + 5 + 6));
      expect(added('ratings')).toBe(42);
      expect(added('photos')).toBe(12);
      expect(totals.sign_ins - before.totals.sign_ins).toBe(12);
    }),
  );

  it('reads counters only, in two statements', async () => {
    const admin = await app.a.administrator();
    const record = recordStatements(app.nest);
    expect((await app.client.as(admin).get('/admin/stats')).status).toBe(200);
    record.stop();
    const statements = record.executed
      .filter(({ name }) => !name.startsWith('sessions.credential'))
      .map(({ text }) => text);
    expect(statements).toHaveLength(2);
    const tables = statements.flatMap((text) =>
      [...text.matchAll(/\b(?:from|join) "?([a-z_]+)/g)].map(([, name]) => name),
    );
    expect(new Set(tables)).toEqual(new Set(['totals', 'generate_series', 'daily_counts']));
  });
});
