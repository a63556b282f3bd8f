import { Injectable } from '@nestjs/common';
import { isbnDigits } from '../../collection/isbn.js';
import { Sql } from '../../database/sql.js';
import { compact, fold } from '../../search/fold.js';
import type { FormatName, ImportedRow, Site } from '../formats/imported-row.js';
import { type CatalogSeries, type Found, type Match, matchRow } from './match.js';
import {
  BY_EXTERNAL_ID,
  BY_LINK,
  BY_NAME,
  BY_VOLUME,
  FLUSH_NAMES,
  SET_SIMILARITY,
  SIMILAR,
  VISIBLE_SERIES,
  type VolumeMatch,
  VOLUMES_AT,
} from './match-statements.js';
import { seriesTitles, volumeNumber } from './volume-number.js';

/** What a row is about, and its volume if it is about one. */
export interface RowMatch {
  readonly match: Match;
  /** The volume of the matched series; null if the row is about none, or if the catalog lacks it. */
  readonly volumeId: number | null;
  /** The position of the volume, also if only the title names it. */
  readonly position: number | null;
}

/** Maximum length of a name that is compared for similarity, in characters. */
const SIMILAR_LENGTH = 100;
/** Number of names that one statement compares for similarity. */
const SIMILAR_BATCH = 50;

/** A key of a row: its position in the batch, and the text that is looked up. */
type Key = readonly [row: number, key: string];

/** Matches rows of files with the catalog, each batch with a few statements. */
@Injectable()
export class Matcher {
  constructor(private readonly sql: Sql) {}

  /** Prepares the indexes for many searches. Without the right to do so, searches are only slower. */
  async prepare(): Promise<void> {
    await this.sql.rows(FLUSH_NAMES, {}).catch(() => undefined);
  }

  /** The matches of rows, in their order. @param client the client whose catalog the reader sees */
  async match(rows: readonly ImportedRow[], format: FormatName | null, client: number): Promise<RowMatch[]> {
    const volumes = await this.findVolumes(rows);
    const series = await this.findSeries(rows, volumes, client);
    const matches = rows.map(({ source }, index) => matchRow(source, series[index] as Found, format));
    return this.withVolumes(rows, matches, volumes);
  }

  /** Those of the series that the reader may see. */
  async visible(seriesIds: readonly number[], client: number): Promise<Map<number, CatalogSeries>> {
    const rows = await this.sql.rows(VISIBLE_SERIES, { seriesIds, client });
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** The match of a row with the series that the reader has chosen. */
  async volumeOf(row: ImportedRow, series: CatalogSeries): Promise<RowMatch> {
    const [match] = await this.withVolumes(
      [row],
      [{ kind: 'matched', series }],
      await this.findVolumes([row]),
    );
    return match as RowMatch;
  }

  /** The volumes of rows by external id and ISBN. */
  private async findVolumes(rows: readonly ImportedRow[]): Promise<VolumeMatch[]> {
    const external = keysOf(rows, ({ source }) => [source.volumeExternalId]);
    const isbn13 = keysOf(rows, ({ source }) => [source.isbn]);
    const isbn10 = keysOf(rows, ({ source }) => [isbnDigits(source.isbn ?? '')[1] ?? null]);
    const found: VolumeMatch[] = [];
    for (const [column, keys] of [
      ['external_id', external],
      ['isbn13', isbn13],
      ['isbn10', isbn10],
    ] as const) {
      if (keys.length > 0) found.push(...(await this.sql.rows(BY_VOLUME.of({ column }), arrays(keys))));
    }
    return found;
  }

  private async findSeries(
    rows: readonly ImportedRow[],
    volumes: readonly VolumeMatch[],
    client: number,
  ): Promise<Found[]> {
    const sites = [...new Set(rows.flatMap(({ source }) => Object.keys(source.ids) as Site[]))];
    const links = new Map<Site, Hit[]>();
    for (const site of sites) {
      links.set(
        site,
        await this.sql.rows(
          BY_LINK.of({ site }),
          arrays(keysOf(rows, ({ source }) => [source.ids[site] ?? null])),
        ),
      );
    }
    const externalKeys = keysOf(rows, ({ source }) => [source.externalId]);
    const external =
      externalKeys.length === 0 ? [] : await this.sql.rows(BY_EXTERNAL_ID, arrays(externalKeys));
    const named = await this.byName('search_text', keysOf(rows, names));
    const identified = new Set([...links.values(), external, named, volumes].flat().map(({ row }) => row));
    const others = (key: Key) => !identified.has(key[0]);
    const compactly = await this.byName('search_compact', keysOf(rows, compactNames).filter(others));
    for (const { row } of compactly) identified.add(row);
    const similar = await this.similar(rows, keysOf(rows, similarName).filter(others));

    const hits = [...links.values(), external, named, compactly, similar, volumes].flat();
    const visible = await this.visible([...new Set(hits.map((hit) => hit.series_id))], client);
    const pick = (found: readonly Hit[], row: number) => pickVisible(found, row, visible);
    // Hits by row, so that each row does not search the hits of the whole batch.
    const by = (found: readonly Hit[]) => Map.groupBy(found, ({ row }) => row);
    const [externals, nameds, compacts, similars, isbns] = [external, named, compactly, similar, volumes].map(
      by,
    );
    const linkeds = [...links].map(([site, found]) => [site, by(found)] as const);
    return rows.map((_, row) => ({
      links: Object.fromEntries(linkeds.map(([site, found]) => [site, pick(found.get(row) ?? [], row)])),
      external: pick(externals?.get(row) ?? [], row),
      isbn: pick(isbns?.get(row) ?? [], row),
      named: pick(nameds?.get(row) ?? [], row),
      compactlyNamed: pick(compacts?.get(row) ?? [], row),
      similar: pick(similars?.get(row) ?? [], row) as never,
    }));
  }

  private async byName(column: 'search_text' | 'search_compact', keys: readonly Key[]): Promise<Hit[]> {
    return keys.length === 0 ? [] : this.sql.rows(BY_NAME.of({ column }), arrays(keys));
  }

  private async similar(rows: readonly ImportedRow[], keys: readonly Key[]): Promise<Hit[]> {
    // Rows of other media are refused, so that the reader is not asked about them.
    const asked = keys.filter(([row]) => rows[row]?.isOtherMedium === false);
    if (asked.length === 0) return [];
    return this.sql.transaction(async () => {
      await this.sql.rows(SET_SIMILARITY, {});
      const hits: Hit[] = [];
      for (let from = 0; from < asked.length; from += SIMILAR_BATCH) {
        hits.push(...(await this.sql.rows(SIMILAR, arrays(asked.slice(from, from + SIMILAR_BATCH)))));
      }
      return hits;
    });
  }

  /** Adds the volume to matches of rows about one: by its key, else by its number in the title. */
  private async withVolumes(
    rows: readonly ImportedRow[],
    matches: readonly Match[],
    volumes: readonly VolumeMatch[],
  ): Promise<RowMatch[]> {
    const byRow = Map.groupBy(volumes, ({ row }) => row);
    const known = matches.map((match, row) =>
      match.kind === 'matched'
        ? byRow.get(row)?.find((volume) => volume.series_id === match.series.id)
        : undefined,
    );
    const numbers = rows.map((row, index) => (known[index] === undefined ? numberIn(row) : null));
    const numbered = matches.flatMap((match, row) => {
      const position = numbers[row] ?? null;
      return match.kind === 'matched' && position !== null
        ? [{ row, seriesId: match.series.id, position }]
        : [];
    });
    const found =
      numbered.length === 0
        ? []
        : await this.sql.rows(VOLUMES_AT, {
            rows: numbered.map(({ row }) => row),
            seriesIds: numbered.map(({ seriesId }) => seriesId),
            positions: numbered.map(({ position }) => position),
          });
    const foundByRow = Map.groupBy(found, ({ row }) => row);
    return matches.map((match, row) => {
      const volume = known[row] ?? foundByRow.get(row)?.[0];
      return { match, volumeId: volume?.id ?? null, position: volume?.group_order ?? numbers[row] ?? null };
    });
  }
}

interface Hit {
  readonly row: number;
  readonly series_id: number;
  readonly similarity?: number;
}

/** The keys of rows. Empty and repeated keys are left out. */
function keysOf(rows: readonly ImportedRow[], of: (row: ImportedRow) => readonly (string | null)[]): Key[] {
  return rows.flatMap((row, index) =>
    [...new Set(of(row))]
      .filter((key) => key !== null && key !== '')
      .map((key) => [index, key as string] as const),
  );
}

function arrays(keys: readonly Key[]) {
  return { rows: keys.map(([row]) => row), keys: keys.map(([, key]) => key) };
}

function names({ source, isOtherMedium, content }: ImportedRow): string[] {
  if (isOtherMedium) return [];
  const ofVolume = content.kind === 'volume' ? seriesTitles(source.title) : [];
  return [source.title, ...source.titles, ...ofVolume].map(fold);
}

function compactNames(row: ImportedRow): string[] {
  return names(row).map(compact);
}

function similarName(row: ImportedRow): string[] {
  return names(row)
    .slice(0, 1)
    .map((name) => [...name].slice(0, SIMILAR_LENGTH).join(''));
}

/** The number of the volume that a row names in its title; null for rows that are not about a volume. */
function numberIn({ content, source }: ImportedRow): number | null {
  return content.kind === 'volume' || content.kind === 'item' ? volumeNumber(source.title) : null;
}

/** The series of hits that the reader may see, each once. */
function pickVisible(
  hits: readonly Hit[],
  row: number,
  visible: ReadonlyMap<number, CatalogSeries>,
): (CatalogSeries & { similarity?: number })[] {
  const found = new Map<number, CatalogSeries & { similarity?: number }>();
  for (const hit of hits) {
    const series = visible.get(hit.series_id);
    if (hit.row !== row || series === undefined || found.has(series.id)) continue;
    found.set(series.id, hit.similarity === undefined ? series : { ...series, similarity: hit.similarity });
  }
  return [...found.values()];
}
