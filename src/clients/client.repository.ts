import { InjectRepository } from '@mikro-orm/nestjs';
import { EntityRepository, ForeignKeyConstraintViolationException, LockMode } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { rowCount, timestamp } from '../database/expressions.js';
import { ONE_ROW, pageQuery } from '../database/page.js';
import { Sql } from '../database/sql.js';
import { type RowOf, statement, tables } from '../database/statement.js';
import { isEnabledClient } from './client-filter.js';
import { type Client, ClientSchema } from './client.entity.js';

export interface ClientRow {
  readonly id: number;
  readonly name: string;
  readonly url: string | null;
  readonly enabled: boolean;
  readonly scopes: string[];
  readonly created: string;
}

const db = tables<typeof ClientSchema>();

const PAGE = statement('clients.page', ({ limit, offset }: { limit: number; offset: number }) =>
  pageQuery(
    ONE_ROW,
    () => ({ total: rowCount(db.selectFrom('clients')) }),
    () =>
      db
        .selectFrom('clients')
        .select([
          'id',
          'name',
          'url',
          'enabled',
          'scopes',
          timestamp('created').as('created'),
          'id as position',
        ])
        .orderBy('id')
        .limit(limit)
        .offset(offset),
  ),
);

const ANY = statement('clients.any', () => db.selectFrom('clients').select('id').limit(sql.lit(1)));

const IS_ENABLED = statement('clients.is-enabled', ({ id }: { id: number }) =>
  db.selectNoFrom(isEnabledClient(id).as('enabled')),
);

const FIND_ENABLED = statement('clients.find-enabled', ({ id, now }: { id: number; now: string }) =>
  db
    .selectFrom('clients')
    .select((eb) => [
      'id',
      'scopes',
      'key_hash',
      eb
        .case()
        .when('former_key_valid_until', '>', now)
        .then(eb.ref('former_key_hash'))
        .else(null)
        .end()
        .as('former_key_hash'),
    ])
    .where('id', '=', id)
    .where('enabled', '=', sql.lit(true)),
);

/** An enabled client, its scopes and the hashes of its valid keys; the former key's is null once it has expired. */
export type EnabledClient = RowOf<typeof FIND_ENABLED>;

@Injectable()
export class ClientRepository {
  constructor(
    private readonly sql: Sql,
    @InjectRepository(ClientSchema) private readonly clients: EntityRepository<Client>,
  ) {}

  async page(limit: number, offset: number): Promise<{ total: number; rows: ClientRow[] }> {
    const { header, rows } = await this.sql.page(PAGE, { limit, offset });
    return { total: header?.total ?? 0, rows };
  }

  async hasAny(): Promise<boolean> {
    return (await this.sql.row(ANY, {})) !== undefined;
  }

  async isEnabled(id: number): Promise<boolean> {
    return (await this.sql.row(IS_ENABLED, { id }))?.enabled ?? false;
  }

  async findEnabled(id: number): Promise<EnabledClient | undefined> {
    return this.sql.row(FIND_ENABLED, { id, now: new Date().toISOString() });
  }

  /** Inserts a client in the open transaction. */
  async create(client: Pick<Client, 'name' | 'url' | 'scopes' | 'keyHash' | 'created'>): Promise<Client> {
    const created = this.clients.create(client, { persist: true });
    await this.clients.getEntityManager().flush();
    return created;
  }

  /** A client, its row locked until the open transaction ends; changes to it are saved by the transaction's commit. */
  async lock(id: number): Promise<Client | null> {
    return this.clients.findOne(id, { lockMode: LockMode.PESSIMISTIC_WRITE });
  }

  /** Deletes a client in the open transaction, which must be rolled back when the client is in use. */
  async delete(client: Client): Promise<{ kind: 'deleted' } | { kind: 'in-use'; cause: Error }> {
    try {
      await this.clients.getEntityManager().remove(client).flush();
      return { kind: 'deleted' };
    } catch (cause) {
      if (cause instanceof ForeignKeyConstraintViolationException) return { kind: 'in-use', cause };
      throw cause;
    }
  }
}
