import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type MangaSample, mihonBackup } from '../../support/import-samples.js';
import { readRows } from '../../support/imported-rows.js';

async function rowOf(manga: MangaSample) {
  const { rows } = await readRows(mihonBackup([{ title: 'Berserk', ...manga }]));
  return rows[0];
}

async function entryOf(manga: MangaSample) {
  const content = (await rowOf(manga))?.content;
  return content?.kind === 'entry' ? content.entry : undefined;
}

const DAY = Date.UTC(2024, 4, 6);

describe('backups of Mihon', () => {
  it('reads every field', async () => {
    const backup = mihonBackup(
      [
        {
          url: '/manga/801513ba-a712-498c-8f57-cae55b38cc92',
          title: 'Berserk',
          author: 'Miura Kentarou; Studio Gaga',
          notes: 'Mine',
          categories: [1, 2],
          chapters: [
            { number: 1, read: true },
            { number: 2, read: false },
          ],
          tracking: [
            {
              tracker: 2,
              mediaId: 30_002,
              title: 'ベルセルク',
              lastChapterRead: 10.5,
              score: 85,
              status: 2,
              started: DAY,
              finished: DAY + 86_400_000,
              private: true,
            },
            { tracker: 1, mediaId: 2, title: 'Berserk', lastChapterRead: 9, score: 8, status: 1 },
            { tracker: 3, mediaId: 8 },
            { tracker: 7, mediaId: 51_239_621_230 },
          ],
        },
      ],
      [
        { name: 'Reading', order: 1 },
        { name: 'Paper', order: 2 },
      ],
    );
    const { format, rows } = await readRows(gzipSync(backup));
    expect(format).toBe('mihon');
    expect(rows).toEqual([
      {
        line: null,
        source: {
          title: 'Berserk',
          titles: ['ベルセルク'],
          types: [],
          authors: ['Miura Kentarou', 'Studio Gaga'],
          ids: {
            mal: '2',
            anilist: '30002',
            kitsu: '8',
            mangaupdates: '51239621230',
            mangadex: '801513ba-a712-498c-8f57-cae55b38cc92',
          },
          externalId: null,
          isbn: null,
          volumeExternalId: null,
        },
        isOtherMedium: false,
        content: {
          kind: 'entry',
          entry: {
            status: 'completed',
            chapters: 10.5,
            score: { value: 85, maximum: 100 },
            start: '2024-05-06',
            end: '2024-05-07',
            visibility: 'private',
            notes: 'Mine',
          },
        },
        extras: ['Categories: Reading, Paper'],
      },
    ]);
  });

  it('takes the highest chapter that was read where there is no tracking', async () => {
    const chapters = [
      { number: 3, read: false },
      { number: 2.1, read: true },
      { number: 1, read: true },
      { number: -1, read: true },
    ];
    expect(await entryOf({ chapters })).toEqual({ status: 'started', chapters: 2.1 });
    expect(await entryOf({ chapters: chapters.slice(0, 1) })).toEqual({ status: 'planned' });
  });

  it('takes the counter of the tracking before chapters that were read', async () => {
    const chapters = [{ number: 30, read: true }];
    expect((await entryOf({ chapters, tracking: [{ tracker: 1, lastChapterRead: 20 }] }))?.chapters).toBe(20);
  });

  it.each([
    [1, 6, { status: 'planned' }],
    [1, 7, { status: 'started', isRereading: true }],
    [2, 5, { status: 'planned' }],
    [2, 6, { status: 'started', isRereading: true }],
    [3, 3, { status: 'paused' }],
    [5, 3, { status: 'started' }],
    [6, 3, { status: 'completed' }],
    [7, 1, { status: 'planned' }],
    [7, 4, { status: 'paused' }],
    [99, 2, { status: 'planned' }],
  ])('reads the status of tracker %d, number %d', async (tracker, status, expected) => {
    expect(await entryOf({ tracking: [{ tracker, status }] })).toEqual(expected);
  });

  it.each([
    [1, 8, { value: 8, maximum: 10 }],
    [2, 81, { value: 81, maximum: 100 }],
    [3, 8.1, { value: 8.1, maximum: 10 }],
    [6, 5, undefined],
    [1, 0, undefined],
    [1, 11, undefined],
  ])('reads the score of tracker %d, %d', async (tracker, score, expected) => {
    expect((await entryOf({ tracking: [{ tracker, score }] }))?.score).toEqual(expected);
  });

  it('reads ids of old backups', async () => {
    expect((await rowOf({ tracking: [{ tracker: 1, mediaId32: 25 }] }))?.source.ids).toEqual({ mal: '25' });
  });

  it('leaves out what was only looked at', async () => {
    const { rows } = await readRows(
      mihonBackup([
        { title: 'Seen', favorite: false },
        { title: 'Read', favorite: false, chapters: [{ number: 1, read: true }] },
      ]),
    );
    expect(rows.map(({ source }) => source.title)).toEqual(['Read']);
  });

  it('reads a backup of an empty library as no rows', async () => {
    const backup = mihonBackup([], [{ name: 'Default', order: 0 }]);
    expect(await readRows(gzipSync(backup))).toEqual({ format: 'mihon', rows: [] });
    expect(await readRows(mihonBackup([]))).toEqual({ format: 'mihon', rows: [] });
  });

  it('reads 10,000 series, and one with 20,000 chapters', async () => {
    const chapters = Array.from({ length: 20_000 }, (_, index) => ({ number: index, read: index < 15_000 }));
    const backup = mihonBackup([
      { title: 'Long', chapters },
      ...Array.from({ length: 9_999 }, (_, index) => ({ title: `Series ${index}` })),
    ]);
    const { rows } = await readRows(gzipSync(backup));
    expect(rows).toHaveLength(10_000);
    expect(rows[0]?.content).toEqual({ kind: 'entry', entry: { status: 'started', chapters: 14_999 } });
  });

  it.each([1, 3, 50, 200])('refuses a backup that lacks its last %d bytes', async (length) => {
    const backup = mihonBackup([{ title: 'Berserk' }, { title: 'Monster' }]);
    await expect(readRows(gzipSync(backup.subarray(0, -length)))).rejects.toMatchObject({ line: null });
  });
});
