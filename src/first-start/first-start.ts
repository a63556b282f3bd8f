import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { SERVER } from '../audit/audit-log.js';
import { CatalogImporter } from '../catalog/import/catalog-importer.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { type NewClient, ClientsService } from '../clients/clients.service.js';
import { Config } from '../config.js';
import { EXAMPLE_USER_ID } from '../http/ids.js';
import { PROJECT_FOLDER } from '../project-folder.js';
import { UsersService } from '../users/users.service.js';

const SAMPLE = join(PROJECT_FOLDER, 'data', 'sample-catalog.ndjson');

/** The objects that the first start created, with secrets that are printed once. */
export interface Created {
  /** Null if one existed; `password` is null if the operator set ADMIN_PASSWORD. */
  readonly administrator: { readonly username: string; readonly password: string | null } | null;
  readonly client: NewClient | null;
  readonly series: number;
}

/** Seeds the first administrator, the first client and the sample catalog. */
@Injectable()
export class FirstStart {
  constructor(
    private readonly config: Config,
    private readonly users: UsersService,
    private readonly clients: ClientsService,
    private readonly catalog: CatalogService,
    private readonly importer: CatalogImporter,
  ) {}

  /** Creates each of the three if the database has none. */
  async prepare(): Promise<Created> {
    const administrator = (await this.users.hasAdministrator()) ? null : await this.createAdministrator();
    const client = (await this.clients.hasAny())
      ? null
      : await this.clients.register('Default website', ['photos:delete'], SERVER);
    const series = (await this.catalog.isEmpty()) ? await this.importSample() : 0;
    return { administrator, client, series };
  }

  private async createAdministrator(): Promise<Created['administrator']> {
    const { adminUsername: username, adminPassword } = this.config;
    const password = adminPassword ?? randomBytes(12).toString('base64url');
    const { total: users } = await this.users.page(1, 0);
    // The first user of an installation has the id of the OpenAPI document's examples, so that the examples work.
    await this.users.createAdministrator(username, password, users === 0 ? EXAMPLE_USER_ID : undefined);
    return { username, password: adminPassword === null ? password : null };
  }

  private async importSample(): Promise<number> {
    const { series } = await this.importer.import(createReadStream(SAMPLE), {
      onRefused: ({ line, reason }) => {
        throw new Error(`Line ${line} of the sample catalog is invalid: ${reason}`);
      },
    });
    return series;
  }
}
