import { Injectable } from '@nestjs/common';
import { type RawBuilder, sql } from 'kysely';
import type { ClientSchema } from '../../clients/client.entity.js';
import { Sql } from '../../database/sql.js';
import { statement, tables } from '../../database/statement.js';
import { TransactionLocks } from '../../database/transaction-locks.js';
import { Transactions } from '../../database/transactions.js';
import { CatalogChanges } from '../catalog-changes.js';
import type { CatalogVersionSchema, SeriesSchema, VolumeSchema } from '../catalog.entity.js';
import { REFRESH_CARDS, REFRESH_TEXTS } from '../read-model.js';
import type { SeriesRecord } from './catalog-line.js';
import { STORE_BATCH } from './store-batch.js';

const db = tables<
  typeof SeriesSchema | typeof VolumeSchema | typeof ClientSchema | typeof CatalogVersionSchema
>();

/** @param ids parameter: a JSON array of texts */
function elementsOf(ids: string): RawBuilder<string> {
  return sql<string>`(select jsonb_array_elements_text(${ids}::jsonb))`;
}

const DIGESTS = statement('catalog.digests', ({ externalIds }: { externalIds: string }) =>
  db
    .selectFrom('series')
    .select(['external_id', 'digest'])
    .where('external_id', 'in', elementsOf(externalIds)),
);

const VOLUME_OWNERS = statement('catalog.volume-owners', ({ externalIds }: { externalIds: string }) =>
  db
    .selectFrom('volumes as v')
    .innerJoin('series as s', 's.id', 'v.series_id')
    .select(['v.external_id', 's.external_id as owner'])
    .where('v.external_id', 'in', elementsOf(externalIds)),
);

const CLIENTS = statement('catalog.clients', () => db.selectFrom('clients').select('id'));

const COUNT_CHANGE = statement('catalog.count-change', () =>
  db.updateTable('catalog_version').set({ version: sql<number>`version + 1` }),
);

/** The existing rows that a batch is compared with. */
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

/** The lines to store, and the external ids of those whose series already exist. */
interface StoredChoice {
  readonly changed: readonly Stored[];
  readonly updated: readonly string[];
}

@Injectable()
export class ImportRepository {
  constructor(
    private readonly sql: Sql,
    private readonly transactions: Transactions,
    private readonly locks: TransactionLocks,
    private readonly changes: CatalogChanges,
  ) {}

  /**
   * Stores the lines of a batch that `choose` returns, in one transaction, or after a savepoint in the caller's
   * transaction, so that a failed batch does not affect others. An advisory lock serializes imports until the
   * transaction ends, so that the rows that `choose` received do not change.
   *
   * @returns what `choose` returned
   */
  async store<Choice extends StoredChoice>(
    batch: readonly Stored[],
    choose: (known: Known) => Choice,
  ): Promise<Choice> {
    const isPartOfTransaction = this.transactions.isOpen;
    return this.transactions.nested(async () => {
      await this.locks.lock('importCatalog');
      const records = batch.map(({ record }) => record);
      const choice = choose(await this.known(records));
      const changed = choice.changed.map(({ record }) => record);
      if (changed.length > 0) await this.storeChanged(changed);
      // An import in one transaction would otherwise lock users' rows until its end.
      if (!isPartOfTransaction) await this.changes.notify(choice.updated);
      return choice;
    });
  }

  private async storeChanged(records: readonly SeriesRecord[]): Promise<void> {
    const stored = await this.sql.rows(STORE_BATCH, { lines: JSON.stringify(records) });
    const seriesIds = stored.map(({ id }) => id);
    await this.sql.rows(REFRESH_CARDS, { seriesIds });
    await this.sql.rows(REFRESH_TEXTS, { seriesIds });
  }

  /**
   * Notifies features of the changed series at the end of an import, also if `store` has done so. Rows that users added
   * during the import may have been copied from the old version of a series.
   */
  async notify(externalIds: readonly string[]): Promise<void> {
    if (externalIds.length === 0) return;
    await this.transactions.nested(async () => {
      // The features' copies change after the series: what has been computed in between is out of date.
      await this.sql.rows(COUNT_CHANGE, {});
      await this.changes.notify(externalIds);
    });
  }

  private async known(batch: readonly SeriesRecord[]): Promise<Known> {
    const externalIds = JSON.stringify(batch.map(({ external_id }) => external_id));
    const volumeIds = JSON.stringify(
      batch.flatMap(({ volumes }) => volumes.map((volume) => volume.external_id)),
    );
    const digests = await this.sql.rows(DIGESTS, { externalIds });
    const owners = await this.sql.rows(VOLUME_OWNERS, { externalIds: volumeIds });
    const clients = await this.sql.rows(CLIENTS, {});
    return {
      digests: new Map(digests.map((row) => [row.external_id, row.digest])),
      volumeOwners: new Map(owners.map((row) => [row.external_id, row.owner])),
      clients: new Set(clients.map(({ id }) => id)),
    };
  }
}
