import { EntityManager, MikroORM } from '@mikro-orm/postgresql';
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
import { Replicas } from './replicas.js';
import { Sql } from './sql.js';
import { Transactions } from './transactions.js';

@Injectable()
class ConnectionCloser implements OnApplicationBootstrap, OnApplicationShutdown {
  private watch: ConnectionWatch | undefined;

  constructor(
    private readonly orm: MikroORM,
    private readonly settings: DatabaseSettings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const pool = (await this.orm.em.getConnection().getNativeClient()) as Pool;
    this.watch = new ConnectionWatch(pool, this.settings.url);
  }

  /** After the last request: Nest runs this once the HTTP server has drained. */
  async onApplicationShutdown(): Promise<void> {
    await this.watch?.close();
    await this.orm.close();
  }
}

/** The ORM, and the two ways to the database: single statements and units of work. */
@Global()
@Module({})
export class DatabaseModule {
  static for(settings: DatabaseSettings): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [
        { provide: DatabaseSettings, useValue: settings },
        {
          provide: MikroORM,
          useFactory: () =>
            MikroORM.init(ormOptions(settings.url, { max: settings.poolSize, pooled: !settings.prepares })),
        },
        { provide: EntityManager, useFactory: (orm: MikroORM) => orm.em, inject: [MikroORM] },
        Replicas,
        Sql,
        Transactions,
        ConnectionCloser,
      ],
      exports: [EntityManager, Sql, Replicas, Transactions, DatabaseSettings],
    };
  }
}
