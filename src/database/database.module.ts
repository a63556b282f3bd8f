import { MikroOrmModule } from '@mikro-orm/nestjs';
import { EntityManager, type EntitySchema, PostgreSqlDriver } from '@mikro-orm/postgresql';
import {
  type DynamicModule,
  Global,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Pool } from 'pg';
import { ConnectionWatch } from './connection-watch.js';
import { DatabaseSettings } from './database-settings.js';
import { ormOptions } from './options.js';
import { forgetPool, measurePool } from './pool-metrics.js';
import { Replicas } from './replicas.js';
import { Sql } from './sql.js';
import { TransactionLocks } from './transaction-locks.js';
import { Transactions } from './transactions.js';

/** Runs a `ConnectionWatch` on the ORM's pool while the app runs. */
@Injectable()
class PoolWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private watch: ConnectionWatch | undefined;
  private pool: Pool | undefined;

  constructor(
    private readonly em: EntityManager,
    private readonly settings: DatabaseSettings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const pool = (await this.em.getConnection().getNativeClient()) as Pool;
    this.watch = new ConnectionWatch(pool, this.settings.url);
    this.pool = pool;
    measurePool(pool);
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.pool !== undefined) forgetPool(this.pool);
    await this.watch?.close();
  }
}

/**
 * The ORM, and the two ways to use the database: single statements (`Sql`) and units of work (`Transactions`).
 * Repositories of entities come from `MikroOrmModule.forFeature` in the module that needs them.
 */
@Global()
@Module({})
export class DatabaseModule {
  /** @param entities the schemas of all tables */
  static for(settings: DatabaseSettings, entities: readonly EntitySchema[]): DynamicModule {
    const { url, poolSize: max, prepares } = settings;
    return {
      module: DatabaseModule,
      imports: [
        // This module closes the connections on shutdown, after the HTTP server has drained. Requests have no entity
        // manager of their own: `Transactions` forks one per unit of work, and `Sql` needs none.
        MikroOrmModule.forRootAsync({
          driver: PostgreSqlDriver,
          useFactory: () => ({
            ...ormOptions({ url, entities, max, usesPooler: !prepares }),
            registerRequestContext: false,
          }),
        }),
      ],
      providers: [
        { provide: DatabaseSettings, useValue: settings },
        Replicas,
        Sql,
        Transactions,
        TransactionLocks,
        PoolWatch,
      ],
      exports: [Sql, Replicas, Transactions, TransactionLocks, DatabaseSettings],
    };
  }
}
