import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { runIn } from '../../database/sql.js';
import { Transactions } from '../../database/transactions.js';
import { CatalogChanges } from '../catalog-changes.js';
import type { SeriesRecord } from './catalog-line.js';

const IMPORTING = 7_004;

const COLUMNS =
  'external_id, name, type, slug, origin, client_id, public, nsfw, nsfw18, tags, authors, links, search_text, search_compact, digest';
const VOLUME_COLUMNS =
  'external_id, name, slug, search_text, search_compact, group_order, language, release_date, type, publisher, pages, isbn10, isbn13, description, edition_name, cover_path, aspect_ratio, nsfw, nsfw18';

// One statement for a batch: every line's series, titles, descriptions and volumes, or none of them.
const STORE = `with input as (
    select * from jsonb_to_recordset($1::jsonb) as line (
      external_id text, name text, type text, slug text, origin text, client_id int, public smallint, nsfw smallint,
      nsfw18 smallint, tags text[], authors text[], links jsonb, search_text text, search_compact text, digest text,
      titles jsonb, descriptions jsonb, volumes jsonb
    )
  ), stored as (
    insert into series (${COLUMNS}) select ${COLUMNS} from input
    on conflict (external_id) do update set ${assignments(COLUMNS)}
    returning id, external_id
  ), line as (
    select s.id, i.titles, i.descriptions, i.volumes from stored s join input i using (external_id)
  ), titles as (
    insert into series_titles (series_id, position, language, title)
    select line.id, t.position, t.language, t.title
    from line cross join jsonb_to_recordset(line.titles) as t (position int, language text, title text)
    on conflict (series_id, position) do update set language = excluded.language, title = excluded.title
  ), former_titles as (
    delete from series_titles t using line
    where t.series_id = line.id and t.position > jsonb_array_length(line.titles)
  ), descriptions as (
    insert into series_descriptions (series_id, language, text)
    select line.id, d.language, d.text
    from line cross join jsonb_to_recordset(line.descriptions) as d (language text, text text)
    on conflict (series_id, language) do update set text = excluded.text
  ), former_descriptions as (
    delete from series_descriptions d using line
    where d.series_id = line.id
      and not exists (select from jsonb_array_elements(line.descriptions) e where e->>'language' = d.language)
  )
  insert into volumes (series_id, ${VOLUME_COLUMNS})
  select line.id, ${prefixed(VOLUME_COLUMNS)}
  from line cross join jsonb_to_recordset(line.volumes) as v (
    external_id text, name text, slug text, search_text text, search_compact text, group_order numeric, language text, release_date date, type text,
    publisher text, pages int, isbn10 text, isbn13 text, description text, edition_name text, cover_path text,
    aspect_ratio float8, nsfw smallint, nsfw18 smallint
  )
  on conflict (external_id) do update set ${assignments(VOLUME_COLUMNS)}`;

/** What the database already has of a batch. */
export interface Known {
  /** Digest by the series' external id. */
  readonly digests: ReadonlyMap<string, string>;
  /** The series' external id by the volume's. */
  readonly volumeOwners: ReadonlyMap<string, string>;
  readonly clients: ReadonlySet<number>;
}

interface Stored {
  readonly record: SeriesRecord;
}

/** What is to be stored, and the external ids of those series of it that were there already. */
interface StoredChoice {
  readonly changed: readonly Stored[];
  readonly updated: readonly string[];
}

@Injectable()
export class ImportRepository {
  constructor(
    private readonly transactions: Transactions,
    private readonly changes: CatalogChanges,
  ) {}

  /**
   * Stores what `choose` picks of a batch, given what is there already, in one transaction. Imports take turns, so
   * that what it was given stays true.
   *
   * @param within a transaction to be part of; a batch that fails leaves it as it was
   * @returns what `choose` returned
   */
  async store<Choice extends StoredChoice>(
    batch: readonly Stored[],
    choose: (known: Known) => Choice,
    within?: EntityManager,
  ): Promise<Choice> {
    const storing = async (em: EntityManager) => {
      await runIn(em, 'select pg_advisory_xact_lock($1)', [IMPORTING]);
      const records = batch.map(({ record }) => record);
      const choice = choose(await this.known(em, records));
      const changed = choice.changed.map(({ record }) => record);
      if (changed.length > 0) await runIn(em, STORE, [JSON.stringify(changed)]);
      // What readers keep is not held for the length of a whole import.
      if (within === undefined) await this.changes.follow(em, choice.updated);
      return choice;
    };
    return within === undefined ? this.transactions.run(storing) : within.transactional(storing);
  }

  /**
   * Lets the features follow what the series of an import have become, once more where they have done so already: what
   * readers added meanwhile was made from what was there before.
   */
  async follow(externalIds: readonly string[], within?: EntityManager): Promise<void> {
    const following = (em: EntityManager) => this.changes.follow(em, externalIds);
    await (within === undefined ? this.transactions.run(following) : following(within));
  }

  private async known(em: EntityManager, batch: readonly SeriesRecord[]): Promise<Known> {
    const externalIds = JSON.stringify(batch.map(({ external_id }) => external_id));
    const volumeIds = JSON.stringify(
      batch.flatMap(({ volumes }) => volumes.map((volume) => volume.external_id)),
    );
    const digests = await runIn<{ external_id: string; digest: string }>(
      em,
      `select external_id, digest from series
       where external_id in (select jsonb_array_elements_text($1::jsonb))`,
      [externalIds],
    );
    const owners = await runIn<{ external_id: string; owner: string }>(
      em,
      `select v.external_id, s.external_id as owner from volumes v join series s on s.id = v.series_id
       where v.external_id in (select jsonb_array_elements_text($1::jsonb))`,
      [volumeIds],
    );
    const clients = await runIn<{ id: number }>(em, 'select id from clients');
    return {
      digests: new Map(digests.map((row) => [row.external_id, row.digest])),
      volumeOwners: new Map(owners.map((row) => [row.external_id, row.owner])),
      clients: new Set(clients.map(({ id }) => id)),
    };
  }
}

function assignments(columns: string): string {
  return columns
    .split(', ')
    .filter((column) => column !== 'external_id')
    .map((column) => `${column} = excluded.${column}`)
    .join(', ');
}

function prefixed(columns: string): string {
  return columns
    .split(', ')
    .map((column) => `v.${column}`)
    .join(', ');
}
