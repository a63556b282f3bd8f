import { describe, expect, it } from 'vitest';
import { OWNED_ITEM } from '../../../src/imports/formats/imported-row.js';
import { csv, csvOf } from '../../support/import-samples.js';
import { readRows } from '../../support/imported-rows.js';

const BOOK = {
  'Book Id': '1215032',
  Title: "One Piece, Vol. 3: Don't Get Fooled Again",
  Author: 'Eiichirō  Oda',
  'Author l-f': 'Oda, Eiichirō',
  'Additional Authors': '',
  ISBN: '=""',
  ISBN13: '=""',
  'My Rating': '0',
  'Average Rating': '4.55',
  Publisher: 'VIZ Media LLC',
  Binding: 'Paperback',
  'Number of Pages': '208',
  'Year Published': '2003',
  'Original Publication Year': '1998',
  'Date Read': '',
  'Date Added': '2022/01/25',
  Bookshelves: '',
  'Bookshelves with positions': '',
  'Exclusive Shelf': 'to-read',
  'My Review': '',
  Spoiler: '',
  'Private Notes': '',
  'Read Count': '0',
  'Owned Copies': '0',
};

async function rowOf(fields: Readonly<Record<string, string>>) {
  const { rows } = await readRows(csvOf([{ ...BOOK, ...fields }]));
  return rows[0];
}

describe('libraries of Goodreads', () => {
  it('reads every field of a volume that was read and is owned', async () => {
    const { format, rows } = await readRows(
      csvOf([
        {
          ...BOOK,
          'Additional Authors': 'Someone Else, Another One',
          ISBN: '="1569319014"',
          ISBN13: '="9781569319017"',
          'My Rating': '4',
          'Date Read': '2023/05/06',
          Bookshelves: 'manga, favorites, read',
          'Exclusive Shelf': 'read',
          'My Review': 'Nice.<br/><br/>Very.',
          'Private Notes': 'From the market',
          'Read Count': '2',
          'Owned Copies': '1',
        },
      ]),
    );
    expect(format).toBe('goodreads');
    expect(rows).toEqual([
      {
        line: 2,
        source: {
          title: "One Piece, Vol. 3: Don't Get Fooled Again",
          titles: [],
          types: [],
          authors: ['Eiichirō Oda', 'Someone Else', 'Another One'],
          ids: {},
          externalId: null,
          isbn: '9781569319017',
          volumeExternalId: null,
        },
        isOtherMedium: false,
        content: {
          kind: 'volume',
          isRead: true,
          entry: {
            status: 'started',
            score: { value: 4, maximum: 5 },
            start: '2023-05-06',
            notes: 'Nice.\n\nVery.',
          },
          item: { ...OWNED_ITEM, buyDate: '2022-01-25' },
        },
        extras: ['Shelves: manga, favorites', 'Private notes: From the market', 'Read count: 2'],
      },
    ]);
  });

  it.each([
    ['="9781569319017"', '=""', '9781569319017'],
    ['978-1-56931-901-7', '', '9781569319017'],
    ['=""', '="1569319014"', '9781569319017'],
    ['', '080442957X', '9780804429573'],
    ['="9781569319018"', '="1569319014"', '9781569319017'],
    ['="9781569319018"', '=""', null],
    ['', '', null],
  ])('reads the ISBNs %j and %j as %j', async (ISBN13, ISBN, expected) => {
    expect((await rowOf({ ISBN13, ISBN }))?.source.isbn).toBe(expected);
  });

  it.each([
    ['to-read', false, 'planned'],
    ['currently-reading', false, 'started'],
    ['read', true, 'started'],
    ['did-not-finish', false, 'dropped'],
    ['on-hold', false, 'paused'],
  ])('reads the shelf %s', async (shelf, isRead, status) => {
    expect((await rowOf({ 'Exclusive Shelf': shelf }))?.content).toMatchObject({ isRead, entry: { status } });
  });

  it('changes no entry for an owned volume on a shelf that says nothing', async () => {
    const row = await rowOf({
      'Exclusive Shelf': 'collection',
      'Owned Copies': '2',
      'Original Purchase Date': '2020',
    });
    expect(row?.content).toEqual({
      kind: 'volume',
      isRead: false,
      entry: null,
      item: OWNED_ITEM,
    });
  });

  it('reads lines that are quoted twice, with and without the header', async () => {
    const text = csvOf([{ ...BOOK, 'Exclusive Shelf': 'read' }]);
    const folded = csv(
      text
        .trimEnd()
        .split('\n')
        .map((line) => [line]),
    );
    expect(folded.startsWith('"Book Id,')).toBe(true);
    const expected = (await readRows(text)).rows;
    expect((await readRows(folded)).rows).toEqual(expected);
    const [header, ...lines] = text.split('\n');
    const mixed = `${header}\n${csv(lines.filter(Boolean).map((line) => [line]))}`;
    expect((await readRows(mixed)).rows).toEqual(expected);
  });

  it('reads quotes that are not doubled', async () => {
    const text = csvOf([BOOK]).replace('"=""""",', '"="1569319014"",');
    expect((await readRows(text)).rows[0]?.source.isbn).toBe('9781569319017');
  });

  it('reads a library without books as no rows', async () => {
    expect(await readRows(csvOf([], Object.keys(BOOK)))).toEqual({ format: 'goodreads', rows: [] });
  });
});
