import { describe, expect, it } from 'vitest';
import { anilistCollection, anilistExport } from '../../support/import-samples.js';
import { readEntries, readRows } from '../../support/imported-rows.js';

const EMPTY = { series_id: 30_002, series_type: 1 };

async function exported(entry: object, user?: object) {
  const [first] = await readEntries(anilistExport([{ ...EMPTY, ...entry }], user));
  return first;
}

async function collected(entry: object, user?: object) {
  const [first] = await readEntries(anilistCollection([{ id: 1, mediaId: 30_002, ...entry }], user));
  return first;
}

describe('exports of AniList', () => {
  it('reads every field', async () => {
    const text = anilistExport(
      [
        {
          id: 1,
          user_id: 5,
          series_id: 30_002,
          series_type: 1,
          status: 2,
          score: 85,
          progress: 364,
          progress_volume: 41,
          priority: 0,
          repeat: 1,
          private: 1,
          notes: 'Good & long',
          custom_lists: '[1]',
          hidden_default: 0,
          started_on: 20_200_102,
          finished_on: 20_210_300,
          created_at: '2020-01-02 10:00:00',
        },
      ],
      { id: 5, score_type: 1, custom_lists: { anime: [], manga: ['Paper', 'Favourites'] } },
    );
    const { format, rows } = await readRows(text);
    expect(format).toBe('anilist');
    expect(rows).toEqual([
      {
        line: null,
        source: {
          title: '',
          titles: [],
          types: [],
          authors: [],
          ids: { anilist: '30002' },
          externalId: null,
          isbn: null,
          volumeExternalId: null,
        },
        isOtherMedium: false,
        content: {
          kind: 'entry',
          entry: {
            status: 'completed',
            chapters: 364,
            volumes: 41,
            reread: 1,
            score: { value: 85, maximum: 100 },
            start: '2020-01-02',
            end: '2021-03',
            visibility: 'private',
            notes: 'Good & long',
          },
        },
        extras: ['Custom lists: Favourites'],
      },
    ]);
  });

  it.each([
    [0, { status: 'started' }],
    [1, { status: 'planned' }],
    [2, { status: 'completed' }],
    [3, { status: 'dropped' }],
    [4, { status: 'paused' }],
    [5, { status: 'started', isRereading: true }],
    ['REPEATING', { status: 'started', isRereading: true }],
    [9, {}],
    [null, {}],
  ])('reads the status %j as %j', async (status, expected) => {
    expect(await exported({ status })).toEqual(expected);
  });

  it.each([
    [0, null],
    [20_200_000, '2020'],
    [20_200_500, '2020-05'],
    [20_200_231, undefined],
    ['2020-05-06', '2020-05-06'],
    [null, undefined],
  ])('reads the date %j as %j', async (date, expected) => {
    expect((await exported({ started_on: date }))?.start).toBe(expected);
  });

  it.each([
    [1, 85, 100],
    [2, 8.5, 10],
    ['POINT_10', 8, 10],
    ['POINT_5', 4, 5],
    ['POINT_3', 3, 3],
    // The site's own scale, whatever the reader's.
    [3, 80, 100],
    [5, 85, 100],
  ])(
    'takes the maximum of the score format %j with the score %d as %d',
    async (score_type, value, maximum) => {
      expect((await exported({ score: value }, { score_type }))?.score).toEqual({ value, maximum });
    },
  );

  it('has no maximum where the file names none', async () => {
    expect((await exported({ score: 85 }, {}))?.score).toEqual({ value: 85, maximum: null });
    expect((await exported({ score: 0 }, {}))?.score).toBeNull();
  });

  it('finds the score format behind the scores', async () => {
    const text = `{"lists":[{"series_id":1,"series_type":1,"score":4}],"user":{"score_type":4}}`;
    expect(await readEntries(text)).toEqual([{ score: { value: 4, maximum: 5 } }]);
  });

  it('marks anime, and keeps public entries without a visibility', async () => {
    const { rows } = await readRows(anilistExport([{ series_id: 1, series_type: 0, private: 0 }]));
    expect(rows[0]?.isOtherMedium).toBe(true);
    expect(rows[0]?.content).toEqual({ kind: 'entry', entry: {} });
  });

  it('loses invalid fields', async () => {
    expect(await exported({ progress: -1, progress_volume: 'many', repeat: 1.5, score: 'A' })).toEqual({});
  });

  it('reads an empty list as no rows', async () => {
    expect(await readRows(anilistExport([]))).toEqual({ format: 'anilist', rows: [] });
  });

  it('reads 10,000 rows', async () => {
    const lists = Array.from({ length: 10_000 }, (_, index) => ({
      ...EMPTY,
      series_id: index + 1,
      progress: index,
    }));
    const { rows } = await readRows(anilistExport(lists));
    expect(rows).toHaveLength(10_000);
    expect(rows[9_999]?.content).toEqual({ kind: 'entry', entry: { chapters: 9_999 } });
  });
});

describe('saved responses of AniList', () => {
  it('reads every field', async () => {
    const { format, rows } = await readRows(
      anilistCollection(
        [
          {
            id: 9,
            mediaId: 30_002,
            status: 'REPEATING',
            score: 4.5,
            progress: 24,
            progressVolumes: 3,
            repeat: 2,
            private: true,
            notes: 'Notes',
            customLists: { Paper: true, Favourites: false },
            startedAt: { year: 2020, month: 1, day: null },
            completedAt: { year: null, month: null, day: null },
            media: {
              id: 30_002,
              idMal: 2,
              type: 'MANGA',
              format: 'MANGA',
              countryOfOrigin: 'KR',
              title: {
                userPreferred: 'Berserk',
                romaji: 'Berserk',
                english: 'Berserk!',
                native: 'ベルセルク',
              },
              synonyms: ['Berserk: The Prototype'],
            },
          },
        ],
        { mediaListOptions: { scoreFormat: 'POINT_5' } },
      ),
    );
    expect(format).toBe('anilist');
    expect(rows).toEqual([
      {
        line: null,
        source: {
          title: 'Berserk',
          titles: ['Berserk!', 'ベルセルク', 'Berserk: The Prototype'],
          types: ['Manhwa'],
          authors: [],
          ids: { mal: '2', anilist: '30002' },
          externalId: null,
          isbn: null,
          volumeExternalId: null,
        },
        isOtherMedium: false,
        content: {
          kind: 'entry',
          entry: {
            status: 'started',
            isRereading: true,
            chapters: 24,
            volumes: 3,
            reread: 2,
            score: { value: 4.5, maximum: 5 },
            start: '2020-01',
            end: null,
            visibility: 'private',
            notes: 'Notes',
          },
        },
        extras: ['Custom lists: Paper'],
      },
    ]);
  });

  it.each([
    ['CURRENT', 'started'],
    ['PLANNING', 'planned'],
    ['COMPLETED', 'completed'],
    ['DROPPED', 'dropped'],
    ['PAUSED', 'paused'],
  ])('reads the status %s as %s', async (status, expected) => {
    expect((await collected({ status }))?.status).toBe(expected);
  });

  it.each([
    ['POINT_100', 85, 100],
    ['POINT_10_DECIMAL', 8.5, 10],
    ['POINT_3', 2, 3],
  ])('takes the maximum of the score format %s', async (scoreFormat, value, maximum) => {
    const entry = await collected({ score: value }, { mediaListOptions: { scoreFormat } });
    expect(entry?.score).toEqual({ value, maximum });
  });

  it('reads an entry that is in several lists once', async () => {
    const entry = { id: 1, mediaId: 2, progress: 3 };
    const lists = [{ entries: [entry] }, { isCustomList: true, entries: [entry, { id: 2, mediaId: 3 }] }];
    const { rows } = await readRows(JSON.stringify({ data: { MediaListCollection: { lists } } }));
    expect(rows.map(({ source }) => source.ids)).toEqual([{ anilist: '2' }, { anilist: '3' }]);
  });

  it('reads several collections, and marks anime by type, format or alias', async () => {
    const entries = [{ mediaId: 5, media: { id: 5, title: { romaji: 'A' } } }];
    const text = JSON.stringify({
      data: {
        anime: { lists: [{ entries }] },
        manga: {
          lists: [
            {
              entries: [
                { mediaId: 6, media: { id: 6, format: 'NOVEL' } },
                { mediaId: 7, media: { id: 7, format: 'TV' } },
                { mediaId: 8, media: { id: 8, type: 'ANIME' } },
              ],
            },
          ],
        },
      },
    });
    const { rows } = await readRows(text);
    expect(
      rows.map(({ source, isOtherMedium }) => [source.ids.anilist, source.types, isOtherMedium]),
    ).toEqual([
      ['5', [], true],
      ['6', ['Novel'], false],
      ['7', [], true],
      ['8', [], true],
    ]);
  });

  it('reads a response that was saved without its envelope, with line breaks', async () => {
    const text = JSON.stringify({ lists: [{ entries: [{ mediaId: 4, progress: 2 }] }] }, null, 2);
    expect(await readEntries(text)).toEqual([{ chapters: 2 }]);
  });

  it('reads an empty collection as no rows', async () => {
    const text = JSON.stringify({ data: { MediaListCollection: { lists: [] } } });
    expect(await readRows(text)).toEqual({ format: 'anilist', rows: [] });
  });

  it('names the line of an error', async () => {
    const text = JSON.stringify({ lists: [{ entries: [{ mediaId: 4 }, { mediaId: 5 }] }] }, null, 1);
    const line = text.slice(0, text.indexOf('5')).split('\n').length;
    await expect(readRows(text.replace('5', 'five'))).rejects.toMatchObject({ line });
    await expect(readRows(text.slice(0, -5))).rejects.toMatchObject({ message: 'no JSON' });
  });
});
