import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { beforeEach, describe, expect, it } from 'vitest';
import { appForFile } from '../support/app.js';
import type { TestUser } from '../support/builders.js';
import { onOneDay, today } from '../support/dates.js';

const app = appForFile();
let reader: TestUser;

beforeEach(async () => {
  reader = await app.a.user({ permissions: ['rate-series'] });
});

const as = () => app.client.as(reader);

/** Adds a series to the list. @returns its id */
async function add(line: Record<string, unknown>, fields: Record<string, unknown> = {}): Promise<number> {
  const id = await app.a.oneSeries(line);
  const added = await as().post(`/user/reading-status/add/${id}`, await app.a.entry(fields));
  expect(added.status, added.text).toBe(200);
  return id;
}

/** An element of the XML with all values as texts. */
type Element = Record<string, string>;

async function xml(): Promise<{ text: string; info: Element; manga: Element[] }> {
  const { status, text } = await as().get('/user/export?format=mal');
  expect(status).toBe(200);
  expect(XMLValidator.validate(text)).toBe(true);
  const parser = new XMLParser({
    parseTagValue: false,
    trimValues: false,
    isArray: (name) => name === 'manga',
  });
  const { myanimelist } = parser.parse(text) as { myanimelist: { myinfo: Element; manga?: Element[] } };
  const manga = (myanimelist.manga ?? []).map(({ '#text': _space, ...elements }) => elements as Element);
  return { text, info: myanimelist.myinfo, manga };
}

describe('GET /user/export?format=mal', () => {
  it('has every field of an entry, by the rules of the import of MyAnimeList', async () => {
    await add(
      { name: 'Fullmetal & <Alchemist>', links: { mal: '25' } },
      {
        progress: 108.5,
        volumes: 26.75,
        status: 'completed',
        reread: 2,
        score: 8.5,
        priority: 'high',
        start: '2020-03',
        end: '2021-04-05',
        notes: 'ends with ]]> and & <b>',
      },
    );
    const { info, manga } = await xml();
    expect(info).toMatchObject({ user_name: reader.username, user_export_type: '2' });
    expect(manga).toEqual([
      {
        manga_mangadb_id: '25',
        manga_title: 'Fullmetal & <Alchemist>',
        my_read_volumes: '26',
        my_read_chapters: '108',
        my_start_date: '2020-03-00',
        my_finish_date: '2021-04-05',
        my_score: '9',
        my_status: 'Completed',
        my_comments: 'ends with ]]> and & <b>',
        my_times_read: '2',
        my_priority: 'High',
        update_on_import: '1',
      },
    ]);
  });

  it('has zeros for what is unknown', async () => {
    await add({ links: { mal: '1' } }, { progress: 0, status: 'planned' });
    await add({ links: { mal: '2' } }, { start: '2020', end: '2021' });
    const { manga } = await xml();
    expect(manga[0]).toMatchObject({
      my_read_volumes: '0',
      my_read_chapters: '0',
      my_start_date: '0000-00-00',
      my_finish_date: '0000-00-00',
      my_score: '0',
      my_comments: '',
    });
    expect(manga[1]).toMatchObject({ my_start_date: '2020-00-00', my_finish_date: '2021-00-00' });
  });

  it.each([
    ['planned', 'Plan to Read'],
    ['started', 'Reading'],
    ['completed', 'Completed'],
    ['paused', 'On-Hold'],
    ['dropped', 'Dropped'],
  ])('names the status %s as %s', async (status, name) => {
    await add({ links: { mal: '1' } }, { status });
    expect((await xml()).manga[0]).toMatchObject({ my_status: name });
  });

  it.each([
    [0.5, '1'],
    [7.4, '7'],
    [7.5, '8'],
    [9.9, '10'],
  ])('rounds the score %d to %s', async (score, rounded) => {
    await add({ links: { mal: '1' } }, { score });
    expect((await xml()).manga[0]).toMatchObject({ my_score: rounded });
  });

  it('leaves out series without an id at MyAnimeList, and counts them in a comment', async () => {
    await add({ links: { anilist: '1' } });
    await add({ links: { mal: 'one-piece' } });
    await add({ links: { mal: '0' } });
    await add({ links: { mal: '13' } });
    const { text, manga } = await xml();
    expect(manga.map(({ manga_mangadb_id: id }) => id)).toEqual(['13']);
    expect(text).toContain('because their series has no MyAnimeList id: 3 -->');
  });

  it('removes characters that XML does not have', async () => {
    await add({ links: { mal: '1' } });
    await app.database.query('update reading_entries set notes = $1 where user_id = $2', [
      'a\u0001b\u000bc\uffffd\te\nf😀',
      reader.id,
    ]);
    expect((await xml()).manga[0]?.['my_comments']).toBe('abcd\te\nf😀');
  });

  it(
    'is an attachment that names its length and must not be cached',
    onOneDay(async () => {
      const { headers, bytes } = await as().get('/user/export?format=mal');
      expect(headers).toMatchObject({
        'content-type': 'application/xml; charset=utf-8',
        'content-disposition': `attachment; filename="tankobon-myanimelist-${today()}.xml"`,
        'content-length': String(bytes.length),
        'cache-control': 'private, no-store',
      });
    }),
  );
});

/** The records of CSV as RFC 4180 defines it. */
function records(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
  }
  expect(rows.pop()).toEqual([]);
  return rows;
}

const HEADER =
  'series_id,external_id,mal,anilist,title,type,status,visibility,priority,progress_type,chapters,volumes,reread,score,rating,start,end,notes';

describe('GET /user/export?format=csv', () => {
  const rows = async () => records((await as().get('/user/export?format=csv')).text);

  it('has a header and a record of all fields of each entry', async () => {
    const id = await add(
      {
        external_id: `csv-${reader.id}`,
        name: 'Spice, and "Wolf"',
        type: 'Novel',
        links: { mal: '9', anilist: 8 },
      },
      {
        visibility: 'public',
        progressType: 'volumes',
        progress: 3.5,
        chapters: 40,
        status: 'paused',
        reread: 1,
        score: 7.5,
        priority: 'low',
        start: '2020',
        end: null,
        notes: 'two\r\nlines',
      },
    );
    await as().post(`/user/series-rating/add/${id}`, { rating: 6 });
    expect(await rows()).toEqual([
      HEADER.split(','),
      [
        String(id),
        `csv-${reader.id}`,
        '9',
        '8',
        'Spice, and "Wolf"',
        'Novel',
        'paused',
        'public',
        'low',
        'volumes',
        '40',
        '3.5',
        '1',
        '7.5',
        '6',
        '2020',
        '',
        'two\r\nlines',
      ],
    ]);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '=HYPERLINK("http://evil")'])(
    'puts an apostrophe before a cell that begins as a formula: %j',
    async (text) => {
      await add({});
      await app.database.query('update reading_entries set notes = $1 where user_id = $2', [text, reader.id]);
      expect((await rows())[1]?.at(-1)).toBe(`'${text}`);
    },
  );

  it('leaves other cells as they are', async () => {
    await add({ name: "'=quoted" }, { notes: 'a = b' });
    const record = (await rows())[1];
    expect(record?.[4]).toBe("''=quoted");
    expect(record?.at(-1)).toBe('a = b');
  });

  it(
    'is the header alone for a user without entries',
    onOneDay(async () => {
      const { text, headers } = await as().get('/user/export?format=csv');
      expect(text).toBe(`${HEADER}\r\n`);
      expect(headers).toMatchObject({
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': `attachment; filename="tankobon-${today()}.csv"`,
      });
    }),
  );
});
