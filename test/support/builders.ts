import { Readable } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CatalogImporter } from '../../src/catalog/import/catalog-importer.js';
import { ClientsService, type NewClient } from '../../src/clients/clients.service.js';
import { UsersService } from '../../src/users/users.service.js';
import { refreshCookie, type SignedInUser, type TestClient } from './client.js';
import type { TestDatabase } from './database.js';

export interface TestUser extends SignedInUser {
  readonly id: string;
  readonly username: string;
  readonly password: string;
}

let counter = 0;
const PASSWORD = 'correct horse battery';

/** Creates test data. Fields that a test does not name have defaults. */
export class Builders {
  private defaultClient: Promise<NewClient> | undefined;

  constructor(
    private readonly app: NestFastifyApplication,
    private readonly client: TestClient,
    private readonly database: TestDatabase,
  ) {}

  /** Registers a user, who is signed in. */
  async user(
    fields: { username?: string; email?: string; permissions?: readonly string[] } = {},
  ): Promise<TestUser> {
    const { username = unique('reader'), email, permissions } = fields;
    const answer = await this.client.post('/auth/register', { username, password: PASSWORD, email });
    if (answer.status !== 201) throw new Error(answer.text);
    const user = { id: answer.body.user.id, username, password: PASSWORD, ...credentialsOf(answer) };
    if (permissions !== undefined) await this.givePermissions(user.id, permissions);
    return user;
  }

  async administrator(): Promise<TestUser> {
    const username = unique('admin');
    await this.app.get(UsersService).createAdministrator(username, PASSWORD);
    return this.signIn(username);
  }

  /** Creates another session of a user. */
  async signIn(username: string, password = PASSWORD): Promise<TestUser> {
    const answer = await this.client.post('/auth/login', { username, password });
    if (answer.status !== 200) throw new Error(answer.text);
    return { id: answer.body.user.id, username, password, ...credentialsOf(answer) };
  }

  /** The id of a registered client, which all tests of a file share. */
  async clientId(): Promise<number> {
    this.defaultClient ??= this.registeredClient();
    return (await this.defaultClient).id;
  }

  async registeredClient(name = unique('website'), scopes: string[] = []): Promise<NewClient> {
    return this.app.get(ClientsService).register(name, scopes, { id: 'test', ip: '' });
  }

  /** Imports series and returns their ids, in order. */
  async series(...lines: Record<string, unknown>[]): Promise<number[]> {
    const complete = lines.map((line) => ({
      kind: 'series',
      external_id: unique('series'),
      name: unique('Series '),
      type: 'Manga',
      origin: 'Japanese',
      titles: [],
      tags: [],
      ...line,
    }));
    const bytes = Buffer.from(complete.map((line) => JSON.stringify(line)).join('\n'));
    await this.app.get(CatalogImporter).import(Readable.from([bytes]), {
      onRefused: ({ reason }) => {
        throw new Error(reason);
      },
    });
    const rows = await this.database.query<{ id: number; external_id: string }>(
      'select id, external_id from series where external_id = any($1)',
      [complete.map((line) => line.external_id)],
    );
    const ids = new Map(rows.map((row) => [row.external_id, row.id]));
    return complete.map((line) => ids.get(String(line.external_id)) as number);
  }

  async oneSeries(line: Record<string, unknown> = {}): Promise<number> {
    return (await this.series(line))[0] as number;
  }

  /** The body of a reading entry. */
  async entry(fields: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    return {
      visibility: 'private',
      progressType: 'chapters',
      progress: 1,
      status: 'started',
      priority: 'mid',
      client: await this.clientId(),
      ...fields,
    };
  }

  private async givePermissions(userId: string, permissions: readonly string[]): Promise<void> {
    await this.database.query('delete from user_roles where user_id = $1', [userId]);
    const role = unique('role');
    await this.database.query('insert into roles (name) values ($1)', [role]);
    await this.database.query(
      `insert into role_permissions (role_id, permission)
       select r.id, p.name from roles r, permissions p where r.name = $1 and p.name = any($2)`,
      [role, permissions],
    );
    await this.database.query('insert into user_roles select $1, id from roles where name = $2', [
      userId,
      role,
    ]);
  }
}

function credentialsOf(answer: Parameters<typeof refreshCookie>[0]): SignedInUser {
  return { accessToken: answer.body.accessToken, cookie: refreshCookie(answer) };
}

export function unique(prefix: string): string {
  counter++;
  return `${prefix}${counter}-${process.pid % 10_000}`;
}
