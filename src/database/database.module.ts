import { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { type DynamicModule, Global, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DatabaseSettings } from './database-settings.js';
import { ormOptions } from './options.js';
import { Replicas } from './replicas.js';
import { Sql } from './sql.js';
import { Transactions } from './transactions.js';

@Injectable()
class ConnectionCloser implements OnApplicationShutdown {
  constructor(private readonly orm: MikroORM) {}

  /** After the last request: Nest runs this once the HTTP server has drained. */
  async onApplicationShutdown(): Promise<void> {
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
