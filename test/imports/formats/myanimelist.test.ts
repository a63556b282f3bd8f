import { describe, expect, it } from 'vitest';
import { UnknownFormat } from '../../../src/imports/formats/import-failures.js';
import { malXml } from '../../support/import-samples.js';
import { readEntries, readRows } from '../../support/imported-rows.js';

/** A list with one series. */
function one(fields: Readonly<Record<string, string | number>>): string {
  return malXml([{ manga_mangadb_id: 2, manga_title: 'Berserk', ...fields }]);
}

async function entryOf(fields: Readonly<Record<string, string | number>>) {
  const [entry] = await readEntries(one(fields));
  return entry;
}

describe('lists of MyAnimeList', () => {
  it('reads a small list with the lines of its rows', async () => {
    const { format, rows } = await readRows(
      malXml([
        { manga_mangadb_id: 2, manga_title: '<![CDATA[Berserk]]>', my_status: 'Reading' },
        { manga_mangadb_id: 25, manga_title: '<![CDATA[Fullmetal Alchemist]]>', my_status: 'Completed' },
      ]),
    );
    expect(format).toBe('myanimelist');
    expect(rows.map(({ line, source, content }) => [line, source.title, source.ids, content])).toEqual([
      [4, 'Berserk', { mal: '2' }, { kind: 'entry', entry: { status: 'started' } }],
      [7, 'Fullmetal Alchemist', { mal: '25' }, { kind: 'entry', entry: { status: 'completed' } }],
    ]);
  });

  it('reads every field', async () => {
    const { rows } = await readRows(
      one({
        series_type: 'Light Novel',
        my_read_volumes: 3,
        my_read_chapters: 24,
        my_start_date: '2020-01-02',
        my_finish_date: '2021-03-04',
        my_scanalation_group: 'Some group',
        my_score: 9,
        my_storage: 'Hard Drive',
        my_retail_volumes: 4,
        my_status: 'Dropped',
        my_comments: '<![CDATA[Good.<br />\nVery good.]]>',
        my_times_read: 2,
        my_tags: '<![CDATA[dark, fantasy]]>',
        my_priority: 'Medium',
        my_reread_value: 'High',
        my_rereading: 'NO',
        my_discuss: 'YES',
        my_sns: 'default',
        update_on_import: 1,
      }),
    );
    expect(rows).toEqual([
      {
        line: 4,
        source: {
          title: 'Berserk',
          titles: [],
          types: ['Novel'],
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
            status: 'dropped',
            chapters: 24,
            volumes: 3,
            reread: 2,
            score: { value: 9, maximum: null },
            start: '2020-01-02',
            end: '2021-03-04',
            priority: 'mid',
            notes: 'Good.\nVery good.',
          },
        },
        extras: [
          'Tags: dark, fantasy',
          'Storage: Hard Drive',
          'Retail volumes: 4',
          'Reread value: High',
          'Scanlation group: Some group',
        ],
      },
    ]);
  });

  it.each([
    ['Reading', 'started'],
    ['Plan to Read', 'planned'],
    ['On-Hold', 'paused'],
    ['On Hold', 'paused'],
    ['Dropped', 'dropped'],
    ['Completed', 'completed'],
    ['1', 'started'],
    ['2', 'completed'],
    ['3', 'paused'],
    ['4', 'dropped'],
    ['6', 'planned'],
    ['Lost', undefined],
    ['constructor', undefined],
    ['', undefined],
  ])('reads the status %j as %j', async (status, expected) => {
    expect((await entryOf({ my_status: status }))?.status).toBe(expected);
  });

  it.each(['YES', '1'])('reads the flag of rereading %s', async (flag) => {
    const entry = await entryOf({ my_status: 'Completed', my_rereading: flag });
    expect(entry).toMatchObject({ status: 'started', isRereading: true });
  });

  it('takes 255 rereads for an unknown number', async () => {
    expect((await entryOf({ my_times_read: 255 }))?.reread).toBe(0);
    expect((await entryOf({ my_times_read: 254 }))?.reread).toBe(254);
    expect(await entryOf({ my_times_read: '' })).not.toHaveProperty('reread');
  });

  it('takes a counter of 0 for no counter', async () => {
    expect(await entryOf({ my_read_chapters: 0, my_read_volumes: 0 })).toEqual({});
  });

  it.each([
    ['0000-00-00', null],
    ['2020-00-00', '2020'],
    ['2020-05-00', '2020-05'],
    ['2020-00-07', '2020'],
    ['2020', '2020'],
    ['2020-05', '2020-05'],
    ['2020-02-29', '2020-02-29'],
    ['2021-02-29', undefined],
    ['2020-13-01', undefined],
    ['soon', undefined],
    ['', null],
  ])('reads the date %j as %j', async (date, expected) => {
    expect((await entryOf({ my_start_date: date }))?.start).toBe(expected);
  });

  it('loses an end before the start', async () => {
    const entry = await entryOf({ my_start_date: '2020-05-01', my_finish_date: '2019-00-00' });
    expect(entry).toEqual({ start: '2020-05-01' });
  });

  it.each([
    ['0', null],
    ['7.5', { value: 7.5, maximum: null }],
    ['7,5', { value: 7.5, maximum: null }],
    ['85', { value: 85, maximum: null }],
    ['101', undefined],
    ['-1', undefined],
    ['good', undefined],
  ])('reads the score %j as %j', async (score, expected) => {
    expect((await entryOf({ my_score: score }))?.score).toEqual(expected);
  });

  it('reads ampersands that are not escaped, in any position of a piece', async () => {
    const title = 'Q&A & <![CDATA[R&amp;D & S]]> &amp;&#38;&nope; AT&T';
    // The boundary between two pieces, at 32,768 bytes, lies at each place of the title.
    const begin = malXml([{ manga_title: title }], { user_name: '' }).indexOf(title);
    for (let place = -12; place <= title.length + 12; place++) {
      const padding = 32_768 - begin - place;
      const { rows } = await readRows(malXml([{ manga_title: title }], { user_name: 'x'.repeat(padding) }));
      expect(rows[0]?.source.title, `padding ${padding}`).toBe('Q&A & R&amp;D & S &&&nope; AT&T');
    }
  });

  it('drops characters that XML forbids', async () => {
    const entry = await entryOf({ my_comments: '<![CDATA[a\u0001b\u000bc]]>&#0;&#x1f;d' });
    expect(entry?.notes).toBe('abcd');
  });

  it('reads lists of Kitsu, which have other elements and no titles', async () => {
    const xml =
      '<?xml version="1.0"?><myanimelist><myinfo><user_export_type>2</user_export_type></myinfo>' +
      '<manga><series_mangadb_id>2</series_mangadb_id><my_read_chapters>8</my_read_chapters>' +
      '<my_score>7.5</my_score><my_status>On Hold</my_status></manga></myanimelist>';
    const { rows } = await readRows(xml);
    expect(rows[0]?.source).toMatchObject({ title: '', ids: { mal: '2' } });
    expect(rows[0]?.content).toEqual({
      kind: 'entry',
      entry: { status: 'paused', chapters: 8, score: { value: 7.5, maximum: null } },
    });
  });

  it.each([
    ['Manga', ['Manga']],
    ['Novel', ['Novel']],
    ['Light Novel', ['Novel']],
    ['Manhwa', ['Manhwa']],
    ['Manhua', ['Manhua']],
    ['One-shot', ['Manga', 'Manhwa', 'Manhua']],
    ['Doujinshi', ['Manga', 'Manhwa', 'Manhua', 'Other']],
    ['TV', []],
  ])('reads the type %s as %j', async (type, expected) => {
    const { rows } = await readRows(one({ series_type: type }));
    expect(rows[0]?.source.types).toEqual(expected);
  });

  it('marks anime', async () => {
    const xml = malXml([]).replace(
      '</myanimelist>',
      '<anime><series_animedb_id>1</series_animedb_id><series_title>Bebop</series_title></anime></myanimelist>',
    );
    const { rows } = await readRows(xml);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ isOtherMedium: true, source: { title: 'Bebop', ids: {} } });
  });

  it('reads an empty list as no rows', async () => {
    expect(await readRows(malXml([]))).toEqual({ format: 'myanimelist', rows: [] });
    expect(await readRows('<myanimelist/>')).toEqual({ format: 'myanimelist', rows: [] });
  });

  it('reads a list with another root', async () => {
    const { rows } = await readRows(one({ my_status: 'Reading' }).replaceAll('myanimelist>', 'mylist>'));
    expect(rows[0]?.source.title).toBe('Berserk');
  });

  it('refuses another document with another root', async () => {
    const rss = '<rss><channel><title>News</title></channel></rss>';
    await expect(readRows(rss)).rejects.toBeInstanceOf(UnknownFormat);
    const statuses = '<rss><channel><my_read_chapters>1</my_read_chapters></channel></rss>';
    await expect(readRows(statuses)).rejects.toMatchObject({ line: 1, message: 'no list' });
  });

  it('reads 10,000 rows', async () => {
    const entries = Array.from({ length: 10_000 }, (_, index) => ({
      manga_mangadb_id: index + 1,
      manga_title: `<![CDATA[Series & ${index}]]>`,
      my_read_chapters: index,
    }));
    const { rows } = await readRows(malXml(entries));
    expect(rows).toHaveLength(10_000);
    expect(rows[9_999]?.source).toMatchObject({ title: 'Series & 9999', ids: { mal: '10000' } });
  });
});
