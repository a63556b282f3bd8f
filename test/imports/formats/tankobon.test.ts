import { describe, expect, it } from 'vitest';
import { OWNED_ITEM } from '../../../src/imports/formats/imported-row.js';
import { csvOf, zip } from '../../support/import-samples.js';
import { readRows } from '../../support/imported-rows.js';

const SERIES = {
  id: 7,
  external_id: 'mine:1',
  name: 'Berserk',
  type: 'Manga',
  links: { mal: '2', anilist: '30002', kitsu: null, mangaupdates: null, mangadex: null },
};

const SOURCE = {
  title: 'Berserk',
  titles: [],
  types: ['Manga'],
  authors: [],
  ids: { mal: '2', anilist: '30002' },
  externalId: 'mine:1',
  isbn: null,
  volumeExternalId: null,
};

const ENTRY = {
  series: SERIES,
  visibility: 'public',
  progress_type: 'volumes',
  progress: 2,
  chapters: null,
  volumes: 2,
  status: 'paused',
  reread: 255,
  score: 8.5,
  priority: 'high',
  start: '2020-05',
  end: null,
  notes: ' <br> with white space ',
  client: 1,
  version: 9,
  created: '2026-01-02T03:04:05.000Z',
  last_update: '2026-01-02T03:04:05.000Z',
  reads: [
    { status: 'completed', start: '2019', end: null, chapters: 3, volumes: null, score: null, notes: null },
    { status: 'planned' },
  ],
};

const lines = (...values: object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');

const MANIFEST = { 'manifest.json': '{"format":"tankobon"}' };

const TEXTS = { condition: 'new', place: 'A', notes: ' n ' };

describe('own exports', () => {
  it('reads every field of an archive', async () => {
    const volume = {
      id: 3,
      external_id: 'mine:1:1',
      name: 'Volume 1',
      isbn10: null,
      isbn13: '9781569319017',
    };
    const { format, rows } = await readRows(
      zip({
        'profile.jsonl': lines({ username: 'reader' }),
        'entries.jsonl': lines(ENTRY),
        'entries.schema.json': '{}',
        'items.jsonl': lines(
          { series: SERIES, volume, buy_date: '2024-01-02', price: 6.99, client: 1 },
          { series: SERIES, volume, buy_date: null, price: 500, ...TEXTS, state: 'wanted', currency: 'JPY' },
          { series: SERIES, volume, buy_date: null, price: 500, ...TEXTS, state: 'lost', currency: 'XXX' },
        ),
        'ratings.jsonl': lines({ series: SERIES, rating: 9.5 }),
        'settings.jsonl': lines({ theme: 'dark' }),
        ...MANIFEST,
      }),
    );
    expect(format).toBe('tankobon');
    expect(rows.map(({ line, source, content }) => ({ line, source, content }))).toEqual([
      {
        line: 1,
        source: { ...SOURCE, title: '', types: [], ids: {}, externalId: null },
        content: { kind: 'settings', settings: { theme: 'dark' } },
      },
      {
        line: 1,
        source: SOURCE,
        content: {
          kind: 'entry',
          entry: {
            status: 'paused',
            visibility: 'public',
            priority: 'high',
            progressType: 'volumes',
            chapters: null,
            volumes: 2,
            reread: 255,
            score: { value: 8.5, maximum: 10 },
            start: '2020-05',
            end: null,
            notes: ' <br> with white space ',
            created: '2026-01-02T03:04:05.000Z',
            reads: [
              {
                status: 'completed',
                start: '2019',
                end: null,
                chapters: 3,
                volumes: null,
                score: null,
                notes: null,
              },
            ],
          },
        },
      },
      { line: 1, source: SOURCE, content: { kind: 'rating', rating: 9.5 } },
      {
        line: 1,
        source: { ...SOURCE, isbn: '9781569319017', volumeExternalId: 'mine:1:1' },
        content: { kind: 'item', item: { ...OWNED_ITEM, buyDate: '2024-01-02', price: 6.99 } },
      },
      {
        line: 2,
        source: { ...SOURCE, isbn: '9781569319017', volumeExternalId: 'mine:1:1' },
        content: {
          kind: 'item',
          item: { ...TEXTS, buyDate: null, price: 500, state: 'wanted', currency: 'JPY' },
        },
      },
      {
        line: 3,
        source: { ...SOURCE, isbn: '9781569319017', volumeExternalId: 'mine:1:1' },
        content: {
          kind: 'item',
          item: { ...TEXTS, buyDate: null, price: 500, state: 'owned', currency: null },
        },
      },
    ]);
  });

  it('reads an archive without entries as no rows', async () => {
    const archive = zip({ 'entries.jsonl': '', 'items.jsonl': '', ...MANIFEST });
    expect(await readRows(archive)).toEqual({ format: 'tankobon', rows: [] });
  });

  it('refuses an archive without a manifest', async () => {
    const archive = zip({ 'settings.jsonl': '', 'entries.jsonl': lines(ENTRY) });
    await expect(readRows(archive)).rejects.toMatchObject({ message: 'no manifest' });
  });

  it('names the line that is no JSON', async () => {
    const archive = zip({ 'entries.jsonl': `${lines(ENTRY, ENTRY)}{"series":`, ...MANIFEST });
    await expect(readRows(archive)).rejects.toMatchObject({ line: 3 });
  });

  it('loses invalid fields', async () => {
    const entry = {
      series: { name: 5 },
      status: 'lost',
      progress: -1,
      score: 11,
      start: 'x',
      end: '2020-99',
      reads: 1,
    };
    const { rows } = await readRows(zip({ 'entries.jsonl': lines(entry), ...MANIFEST }));
    expect(rows[0]?.content).toEqual({ kind: 'entry', entry: {} });
    expect(rows[0]?.source).toMatchObject({ title: '', ids: {}, externalId: null });
  });

  const COLUMNS = {
    series_id: '7',
    external_id: 'mine:1',
    mal: '2',
    anilist: '30002',
    title: 'Berserk',
    type: 'Manga',
    status: 'started',
    visibility: 'private',
    priority: 'mid',
    progress_type: 'chapters',
    chapters: '10.5',
    volumes: '',
    reread: '1',
    score: '8.5',
    rating: '',
    start: '',
    end: '2024-05',
    notes: '',
  };

  it('reads every field of a CSV file, and a rating as a row of its own', async () => {
    const { format, rows } = await readRows(csvOf([{ ...COLUMNS, rating: '9.5', notes: 'a, "b"\nc' }]));
    expect(format).toBe('tankobon');
    expect(rows).toEqual([
      {
        line: 2,
        source: SOURCE,
        isOtherMedium: false,
        content: {
          kind: 'entry',
          entry: {
            status: 'started',
            visibility: 'private',
            priority: 'mid',
            progressType: 'chapters',
            chapters: 10.5,
            volumes: null,
            reread: 1,
            score: { value: 8.5, maximum: 10 },
            start: null,
            end: '2024-05',
            notes: 'a, "b"\nc',
          },
        },
        extras: [],
      },
      { line: 2, source: SOURCE, isOtherMedium: false, content: { kind: 'rating', rating: 9.5 }, extras: [] },
    ]);
  });

  it.each([
    ["'=1+1", '=1+1'],
    ["'+1", '+1'],
    ["'-1", '-1'],
    ["'@a", '@a'],
    ["'\tb", '\tb'],
    ["'\rb", '\rb'],
    ["''=1", "'=1"],
    ["'quoted'", "'quoted'"],
    ["it's", "it's"],
  ])('reads the cell %j as %j', async (notes, expected) => {
    const { rows } = await readRows(csvOf([{ ...COLUMNS, notes }]));
    expect(rows[0]?.content).toMatchObject({ entry: { notes: expected } });
  });

  it('reads a line with a rating only', async () => {
    const line = { ...COLUMNS, status: '', chapters: '', score: '', end: '', rating: '7' };
    const { rows } = await readRows(csvOf([line]));
    expect(rows.map(({ content }) => content)).toEqual([{ kind: 'rating', rating: 7 }]);
  });

  it('keeps the other fields of a line without a status', async () => {
    const { rows } = await readRows(
      csvOf([
        { ...COLUMNS, status: '' },
        { ...COLUMNS, status: '', rating: '7' },
      ]),
    );
    expect(rows.map(({ content }) => content.kind)).toEqual(['entry', 'entry', 'rating']);
    expect(rows[0]?.content).toMatchObject({ entry: { chapters: 10.5 } });
  });
});
