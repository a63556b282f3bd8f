import { describe, expect, it } from 'vitest';
import { csvOf } from '../../support/import-samples.js';
import { readEntries, readRows } from '../../support/imported-rows.js';

const MANGA = {
  media_id: '2',
  source: 'mal',
  media_type: 'manga',
  title: 'Berserk',
  image: 'https://example.org/2.jpg',
  season_number: '',
  episode_number: '',
  score: '',
  progress: '',
  status: '',
  repeats: '',
  start_date: '',
  end_date: '',
  notes: '',
  progressed_at: '2024-02-09T18:00:00Z',
};

async function entryOf(fields: Readonly<Record<string, string>>) {
  const [entry] = await readEntries(csvOf([{ ...MANGA, ...fields }]));
  return entry;
}

describe('exports of Yamtrack', () => {
  it('reads every field', async () => {
    const text = csvOf([
      {
        ...MANGA,
        score: '8.5',
        progress: '120',
        status: 'In progress',
        repeats: '1',
        start_date: '2024-02-09',
        end_date: '2024-03-01 10:00:00+00:00',
        notes: 'Line 1\nLine 2, "quoted"',
      },
      { ...MANGA, media_id: '3', title: 'Monster' },
    ]);
    const { format, rows } = await readRows(text);
    expect(format).toBe('yamtrack');
    expect(rows).toHaveLength(2);
    expect(rows[0]).toEqual({
      line: 2,
      source: {
        title: 'Berserk',
        titles: [],
        types: [],
        authors: [],
        ids: { mal: '2' },
        externalId: null,
        isbn: null,
        volumeExternalId: null,
      },
      isOtherMedium: false,
      content: {
        kind: 'entry',
        entry: {
          status: 'started',
          chapters: 120,
          reread: 1,
          score: { value: 8.5, maximum: null },
          start: '2024-02-09',
          end: '2024-03-01',
          notes: 'Line 1\nLine 2, "quoted"',
        },
      },
      extras: [],
    });
    expect(rows[1]).toMatchObject({ line: 4, source: { title: 'Monster', ids: { mal: '3' } } });
  });

  it.each([
    ['Completed', 'completed'],
    ['In progress', 'started'],
    ['Planning', 'planned'],
    ['Paused', 'paused'],
    ['Dropped', 'dropped'],
    ['Repeating', 'started'],
    ['?', undefined],
  ])('reads the status %s as %j', async (status, expected) => {
    expect((await entryOf({ status }))?.status).toBe(expected);
  });

  it.each([
    ['manga', false, []],
    ['comic', false, ['Comic']],
    ['book', false, ['Novel']],
    ['anime', true, []],
    ['tv', true, []],
    ['movie', true, []],
    ['game', true, []],
    ['boardgame', true, []],
  ])('reads the medium %s', async (media_type, isOtherMedium, types) => {
    const { rows } = await readRows(csvOf([{ ...MANGA, media_type }]));
    expect(rows[0]).toMatchObject({ isOtherMedium, source: { types } });
  });

  it('takes the progress of a book for pages', async () => {
    const { rows } = await readRows(
      csvOf([{ ...MANGA, media_type: 'book', source: 'openlibrary', progress: '120' }]),
    );
    expect(rows[0]).toMatchObject({ source: { ids: {} }, extras: ['Pages read: 120'] });
    expect(rows[0]?.content).not.toHaveProperty('entry.chapters');
    expect(rows[0]?.content).not.toHaveProperty('entry.volumes');
  });

  it('reads decimals with commas, and files with semicolons', async () => {
    const text = csvOf([{ ...MANGA, score: '8,5', progress: '10,5' }], undefined, ';');
    expect(await readEntries(text)).toMatchObject([{ chapters: 10.5, score: { value: 8.5 } }]);
    expect(await readEntries(`sep=;\n${text}`)).toMatchObject([{ chapters: 10.5, score: { value: 8.5 } }]);
    expect(await readEntries(text.replaceAll(';', '\t').replaceAll('"', ''))).toMatchObject([
      { chapters: 10.5 },
    ]);
  });

  it.each([
    ['02/09/2024', '2024-02-09'],
    ['2024', '2024'],
    ['31/12/2024', undefined],
    ['', null],
  ])('reads the date %j as %j', async (start_date, expected) => {
    expect((await entryOf({ start_date }))?.start).toBe(expected);
  });

  it('reads a file with a header only as no rows', async () => {
    const text = csvOf([], Object.keys(MANGA));
    expect(await readRows(text)).toEqual({ format: 'yamtrack', rows: [] });
    expect(await readRows(text.trim())).toEqual({ format: 'yamtrack', rows: [] });
  });

  it('reads 10,000 rows', async () => {
    const records = Array.from({ length: 10_000 }, (_, index) => ({ ...MANGA, media_id: String(index + 1) }));
    const { rows } = await readRows(csvOf(records));
    expect(rows).toHaveLength(10_000);
    expect(rows[9_999]).toMatchObject({ line: 10_001, source: { ids: { mal: '10000' } } });
  });

  it('names the line of a quote without an end', async () => {
    const text = `${csvOf([MANGA])}"3`;
    await expect(readRows(text)).rejects.toMatchObject({ line: 3 });
  });
});
