import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Sql } from '../database/sql.js';
import { statement, tables } from '../database/statement.js';
import type { SettingsDto } from './settings.dto.js';
import type { UserSettingsSchema } from './settings.entity.js';

const db = tables<typeof UserSettingsSchema>();

const FIND = statement('settings.find', ({ userId }: { userId: string }) =>
  db.selectFrom('user_settings').select('chosen').where('user_id', '=', userId),
);

// One statement, so that concurrent changes of different keys are serialized by the row lock and no update is lost.
const MERGE = statement('settings.merge', ({ userId, changes }: { userId: string; changes: string }) =>
  db
    .insertInto('user_settings')
    .values({ user_id: userId, chosen: sql`${changes}::jsonb` })
    .onConflict((conflict) =>
      conflict.column('user_id').doUpdateSet({ chosen: sql`user_settings.chosen || excluded.chosen` }),
    ),
);

@Injectable()
export class SettingsRepository {
  constructor(private readonly sql: Sql) {}

  /** The settings that the user has changed. */
  async find(userId: string): Promise<Partial<SettingsDto>> {
    return (await this.sql.row(FIND, { userId }))?.chosen ?? {};
  }

  /** Sets the given keys. Other keys keep their values. */
  async merge(userId: string, changes: Partial<SettingsDto>): Promise<void> {
    await this.sql.rows(MERGE, { userId, changes: JSON.stringify(changes) });
  }
}
