import { createReadStream, existsSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { CatalogImporter } from '../../src/catalog/import/catalog-importer.js';
import type { FormatName, ImportedRow, RowSource } from '../../src/imports/formats/imported-row.js';
import { Matcher } from '../../src/imports/matching/matcher.js';
import { PROJECT_FOLDER } from '../../src/project-folder.js';
import { appForFile } from '../support/app.js';
import { seededRandom } from '../support/random.js';

const CATALOG = `${PROJECT_FOLDER}/../shared/data/catalog-sample.ndjson.gz`;
const BATCH = 250;

interface Series {
  readonly id: number;
  readonly name: string;
  readonly type: 'Manga';
  readonly authors: string[];
  readonly links: Record<string, number | string>;
  readonly titles: string[];
}

const rowAbout = (fields: Partial<RowSource>): ImportedRow => ({
  line: null,
  source: {
    title: '',
    titles: [],
    types: [],
    authors: [],
    ids: {},
    externalId: null,
    isbn: null,
    volumeExternalId: null,
    ...fields,
  },
  isOtherMedium: false,
  content: { kind: 'entry', entry: {} },
  extras: [],
});

describe.runIf(existsSync(CATALOG))('matching with the real catalog', () => {
  const app = appForFile();
  let catalog: Series[] = [];
  const random = seededRandom(20_261_126);
  const one = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const shuffled = <T>(values: readonly T[]): T[] =>
    values
      .map((value) => [random(), value] as const)
      .toSorted(([a], [b]) => a - b)
      .map(([, value]) => value);

  beforeAll(async () => {
    const file = createReadStream(CATALOG).pipe(createGunzip());
    await app.nest.get(CatalogImporter).import(file, { onRefused: () => undefined });
    catalog = await app.database.query<Series>(
      `select s.id, s.name, s.type, s.authors, s.links,
         array(select title from series_titles t where t.series_id = s.id) || s.name as titles
       from series s order by s.id`,
    );
    await app.nest.get(Matcher).prepare();
  });

  /** Matches rows in batches, and counts the right, wrong, asked and missing ones. */
  async function matched(rows: readonly (readonly [ImportedRow, Series | null])[], format: FormatName) {
    const counts = { right: 0, wrong: 0, asked: 0, none: 0 };
    const matcher = app.nest.get(Matcher);
    const begin = performance.now();
    for (let from = 0; from < rows.length; from += BATCH) {
      const batch = rows.slice(from, from + BATCH);
      const found = await matcher.match(
        batch.map(([row]) => row),
        format,
        1,
      );
      for (const [index, { match }] of found.entries()) {
        const expected = batch[index]?.[1];
        if (match.kind === 'none') counts.none++;
        else if (match.kind === 'ask') counts.asked++;
        else if (match.series.id === expected?.id) counts.right++;
        else counts.wrong++;
      }
    }
    const seconds = (performance.now() - begin) / 1000;
    process.stdout.write(`${rows.length} rows: ${JSON.stringify(counts)} in ${seconds.toFixed(1)} s\n`);
    return counts;
  }

  it('matches every row by id, whatever its title', async () => {
    const twins = Map.groupBy(catalog, ({ links }) => links['mal']);
    const linked = shuffled(catalog.filter(({ links }) => links['mal'] !== undefined)).slice(0, 5_000);
    const titles = shuffled(linked.map(({ name }) => name));
    const rows = linked.map((series, index) => {
      // Where two series of the catalog have one id, the title decides.
      const isTwin = (twins.get(series.links['mal'])?.length ?? 0) > 1;
      const title = isTwin ? series.name : (titles[index] as string);
      const ids = { mal: String(series.links['mal']) };
      return [rowAbout({ ids, title, types: [series.type], authors: series.authors }), series] as const;
    });
    expect(await matched(rows, 'myanimelist')).toEqual({ right: rows.length, wrong: 0, asked: 0, none: 0 });
  });

  it('matches at least 95 % by any title and the type, and none wrongly', async () => {
    const rows = shuffled(catalog)
      .slice(0, 5_000)
      .map((series) => [rowAbout({ title: one(series.titles), types: [series.type] }), series] as const);
    const { right, wrong } = await matched(rows, 'mihon');
    expect(wrong).toBe(0);
    expect(right / rows.length).toBeGreaterThanOrEqual(0.95);
  });

  it('asks about misspelt names, refuses unknown ones, and matches none of them', async () => {
    const unknown = Array.from({ length: 5_000 }, (_, index) => {
      const words = Array.from({ length: 3 }, () => one(one(catalog).name.split(' ')));
      return [rowAbout({ title: `${words.join(' ')} ${index}`, types: ['Manga'] }), null] as const;
    });
    const misspelt = shuffled(catalog.filter(({ name }) => name.length > 8))
      .slice(0, 5_000)
      .map(
        (series) =>
          [rowAbout({ title: `${series.name.slice(0, -2)}q`, types: [series.type] }), series] as const,
      );
    const ofUnknown = await matched(unknown, 'mihon');
    expect(ofUnknown).toMatchObject({ right: 0, wrong: 0 });
    expect(ofUnknown.none).toBeGreaterThan(0);
    const ofMisspelt = await matched(misspelt, 'mihon');
    expect(ofMisspelt.wrong).toBe(0);
    expect(ofMisspelt.asked).toBeGreaterThan(0);
  });
});
