import { Injectable } from '@nestjs/common';
import type { VolumeRow } from '../catalog/volume-projection.js';
import { Sql } from '../database/sql.js';
import { DELETE_SECRET, FIND_SECRET, MAX_VOLUMES, PUT_SECRET, RELEASES } from './calendar-statements.js';

/** Whose releases, of which days and in which languages. */
interface Selection {
  readonly userId: string;
  readonly client: number | null;
  readonly from: string;
  readonly to: string;
  readonly preferred: string | null;
  readonly language: string;
}

/** `clientKnown` is false when the client is unknown or disabled. */
export interface Releases {
  readonly clientKnown: boolean;
  readonly rows: VolumeRow[];
  readonly hasMore: boolean;
}

@Injectable()
export class CalendarRepository {
  constructor(private readonly sql: Sql) {}

  async releases(selection: Selection): Promise<Releases> {
    const { header, rows } = await this.sql.page(RELEASES, selection);
    return {
      clientKnown: header?.client_known ?? false,
      rows: rows.slice(0, MAX_VOLUMES),
      hasMore: rows.length > MAX_VOLUMES,
    };
  }

  async putSecret(userId: string, hash: string): Promise<void> {
    await this.sql.rows(PUT_SECRET, { userId, hash });
  }

  /** Whether the user of a secret is suspended; undefined if the secret is wrong. */
  async findSecret(userId: string, hash: string): Promise<{ suspended: boolean } | undefined> {
    return this.sql.row(FIND_SECRET, { userId, hash });
  }

  async deleteSecret(userId: string): Promise<void> {
    await this.sql.rows(DELETE_SECRET, { userId });
  }
}
