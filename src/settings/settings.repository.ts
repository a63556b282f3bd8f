import { Injectable } from '@nestjs/common';
import { Sql, statement } from '../database/sql.js';
import type { Settings } from './settings.dto.js';

const FIND = statement('settings.find', 'select chosen from user_settings where user_id = $1');

// Merged under the row's lock: changes of different keys at once are all kept.
const MERGE = statement(
  'settings.merge',
  `insert into user_settings as s (user_id, chosen) values ($1, $2::jsonb)
   on conflict (user_id) do update set chosen = s.chosen || excluded.chosen`,
);

@Injectable()
export class SettingsRepository {
  constructor(private readonly sql: Sql) {}

  /** What the user has chosen. */
  async find(userId: string): Promise<Partial<Settings>> {
    const row = await this.sql.row<{ chosen: Partial<Settings> }>(FIND, [userId]);
    return row?.chosen ?? {};
  }

  async merge(userId: string, changes: Partial<Settings>): Promise<void> {
    await this.sql.rows(MERGE, [userId, JSON.stringify(changes)]);
  }
}
