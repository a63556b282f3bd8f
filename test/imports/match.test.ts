import { describe, expect, it } from 'vitest';
import type { RowSource } from '../../src/imports/formats/imported-row.js';
import { type CatalogSeries, type Found, matchRow } from '../../src/imports/matching/match.js';
import { seriesTitles, volumeNumber } from '../../src/imports/matching/volume-number.js';

const series = (id: number, fields: Partial<CatalogSeries> = {}): CatalogSeries => ({
  id,
  name: `Series ${id}`,
  type: 'Manga',
  authors: [],
  links: {},
  ...fields,
});

const source = (fields: Partial<RowSource> = {}): RowSource => ({
  title: 'A title',
  titles: [],
  types: ['Manga'],
  authors: [],
  ids: {},
  externalId: null,
  isbn: null,
  volumeExternalId: null,
  ...fields,
});

const NOTHING: Found = { links: {}, external: [], isbn: [], named: [], compactlyNamed: [], similar: [] };

/** The id of the matched series, the ids of the candidates, or null. */
function match(
  found: Partial<Found>,
  fields: Partial<RowSource> = {},
  format: 'anilist' | 'mihon' = 'anilist',
) {
  const result = matchRow(source(fields), { ...NOTHING, ...found }, format);
  if (result.kind === 'matched') return result.series.id;
  return result.kind === 'none' ? null : result.candidates.map(({ series_id: id }) => id);
}

describe('matching', () => {
  it('prefers the id of the own site to those of other sites, and both to the name', () => {
    const links = { anilist: [series(1)], mal: [series(2)] };
    expect(match({ links, named: [series(3)] })).toBe(1);
    expect(match({ links, named: [series(3)] }, {}, 'mihon')).toEqual([1, 2]);
    expect(match({ links: { mal: [series(2)] }, named: [series(3)] })).toBe(2);
    expect(match({ isbn: [series(4)], named: [series(3)] })).toBe(4);
    expect(match({ external: [series(5)], links })).toBe(5);
  });

  it('decides between series with the same id by the name and the type', () => {
    const both = [series(1), series(2)];
    expect(match({ links: { anilist: both }, named: [series(2)] })).toBe(2);
    expect(match({ links: { anilist: both }, named: both })).toEqual([1, 2]);
    expect(match({ links: { anilist: both }, named: [series(2, { type: 'Novel' })] })).toBe(2);
  });

  it('matches one series by name and type, and asks about another type', () => {
    expect(match({ named: [series(1)] })).toBe(1);
    expect(match({ named: [series(1, { type: 'Novel' })] })).toEqual([1]);
    expect(match({ named: [series(1, { type: 'Novel' }), series(2)] })).toBe(2);
    expect(match({ named: [series(1, { type: 'Novel' })] }, { types: [] })).toBe(1);
    expect(match({ named: [series(1), series(2)] })).toEqual([1, 2]);
  });

  it('asks about a series of the same name that has another id', () => {
    const novel = series(1, { links: { mal: 21 } });
    expect(match({ named: [novel] }, { ids: { mal: '21' } })).toBe(1);
    expect(match({ named: [novel] }, { ids: { anilist: '22' } })).toBe(1);
    expect(match({ named: [novel] }, { ids: { mal: '22' } })).toEqual([1]);
    expect(match({ named: [novel, series(2)] }, { ids: { mal: '22' } })).toBe(2);
  });

  it('lets the authors decide where both sides name them', () => {
    const oda = series(1, { authors: ['Eiichiro Oda'] });
    const other = series(2, { authors: ['Masashi Kishimoto'] });
    expect(match({ named: [oda, other] }, { authors: ['ODA, Eiichirō'] })).toBe(1);
    expect(match({ named: [oda, other] })).toEqual([1, 2]);
    expect(match({ named: [oda, series(3)] }, { authors: ['Oda, Eiichiro'] })).toEqual([1, 3]);
    expect(match({ named: [oda, other] }, { authors: ['Somebody Else'] })).toEqual([1, 2]);
  });

  it('asks about similar names, at most five, the best first', () => {
    const similar = [1, 2, 3, 4, 5, 6].map((id) => ({ ...series(id), similarity: 0.9 - id / 100 }));
    const result = matchRow(source(), { ...NOTHING, compactlyNamed: [series(7)], similar }, null);
    expect(result).toMatchObject({
      kind: 'ask',
      candidates: [
        { series_id: 7, confidence: 0.8 },
        { series_id: 1, confidence: 0.62 },
        { series_id: 2 },
        { series_id: 3 },
        { series_id: 4 },
      ],
    });
    expect(match({ compactlyNamed: [series(7)], similar })).toEqual([7, 1, 2, 3, 4]);
    expect(match({})).toBeNull();
  });
});

describe('the number of a volume', () => {
  it('is read from titles that name it, and is never a part of the name', () => {
    expect(volumeNumber('Naruto, Vol. 3: Dreams')).toBe(3);
    expect(volumeNumber('One Piece, Volume 101')).toBe(101);
    expect(volumeNumber('Bleach (Bleach, #7)')).toBe(7);
    expect(volumeNumber('Spice & Wolf, Vol. 6.5')).toBe(6.5);
    expect(seriesTitles('Naruto, Vol. 3: Dreams')).toEqual(['Naruto']);
    expect(seriesTitles('The Hunt (Bleach, #7)')).toEqual(['Bleach']);
    expect(seriesTitles('Mob Psycho 100')).toEqual([]);
    expect(volumeNumber('Mob Psycho 100')).toBeNull();
    expect(volumeNumber('20th Century Boys')).toBeNull();
  });
});
