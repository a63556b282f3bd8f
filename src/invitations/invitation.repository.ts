import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { RoleSchema } from '../accounts/role.entity.js';
import { rowCount, timestamp } from '../database/expressions.js';
import { ONE_ROW, pageQuery } from '../database/page.js';
import { Sql } from '../database/sql.js';
import { statement, tables } from '../database/statement.js';
import { InvitationRoleSchema, InvitationSchema } from './invitation.entity.js';

const db = tables<typeof InvitationSchema | typeof InvitationRoleSchema | typeof RoleSchema>();

// The clock of the database is used, because the clocks of nodes may differ.
const NOW = sql<string>`clock_timestamp()`;

const ROLE_NAMES = db
  .selectFrom('invitation_roles as ir')
  .innerJoin('roles as r', 'r.id', 'ir.role_id')
  .select('r.name')
  .where('ir.invitation_id', '=', sql.ref<number>('i.id'))
  .orderBy('r.name');

const ROWS = db.selectFrom('invitations as i').select([
  'i.id',
  'i.note',
  'i.uses',
  'i.used',
  'i.created_by as createdBy',
  timestamp('i.created').as('created'),
  sql<string | null>`${timestamp('i.expires')}`.as('expires'),
  // Kysely has no form for an array of a subquery.
  sql<string[]>`array${ROLE_NAMES}`.as('roles'),
]);

const PAGE = statement('invitations.page', ({ limit, offset }: { limit: number; offset: number }) =>
  pageQuery(
    ONE_ROW,
    () => ({ total: rowCount(db.selectFrom('invitations')) }),
    () => ROWS.select('i.id as position').orderBy('i.id').limit(limit).offset(offset),
  ),
);

const FIND = statement('invitations.find', ({ id }: { id: number }) => ROWS.where('i.id', '=', id));

// The update is the use: registrations with one invitation are serialized by its row.
const REDEEM = statement('invitations.redeem', ({ hash }: { hash: string }) =>
  db
    .updateTable('invitations as i')
    .set((eb) => ({ used: eb('i.used', '+', sql.lit(1)) }))
    .where('i.hash', '=', hash)
    .whereRef('i.used', '<', 'i.uses')
    .where((eb) => eb.or([eb('i.expires', 'is', null), eb('i.expires', '>', NOW)]))
    .returning(['i.id', sql<string[]>`array${ROLE_NAMES}`.as('roles')]),
);

const DELETE = statement('invitations.delete', ({ id }: { id: number }) =>
  db.deleteFrom('invitations').where('id', '=', id).returning('id'),
);

const FORGET_CREATOR = statement('invitations.forget-creator', ({ userId }: { userId: string }) =>
  db
    .updateTable('invitations')
    .set({ created_by: sql<null>`null` })
    .where('created_by', '=', userId),
);

export interface InvitationRow {
  readonly id: number;
  readonly note: string | null;
  readonly uses: number;
  readonly used: number;
  readonly roles: string[];
  readonly expires: string | null;
  readonly created: string;
  readonly createdBy: string | null;
}

@Injectable()
export class InvitationRepository {
  constructor(
    private readonly sql: Sql,
    private readonly em: EntityManager,
  ) {}

  async page(limit: number, offset: number): Promise<{ total: number; rows: InvitationRow[] }> {
    const { header, rows } = await this.sql.page(PAGE, { limit, offset });
    return { total: header?.total ?? 0, rows };
  }

  async find(id: number): Promise<InvitationRow | undefined> {
    return this.sql.row(FIND, { id });
  }

  /** Creates an invitation in the open transaction. @returns the id */
  async create(
    invitation: { hash: string; note: string | null; uses: number; expires: Date | null; createdBy: string },
    roleIds: readonly number[],
  ): Promise<number> {
    const id = await this.em.insert(InvitationSchema, { ...invitation, used: 0, created: new Date() });
    const rows = roleIds.map((role) => ({ invitation: id, role }));
    if (rows.length > 0) await this.em.insertMany(InvitationRoleSchema, rows);
    return id;
  }

  /** Uses an invitation in the open transaction. @returns its roles; undefined if it is unknown, expired or used up */
  async redeem(hash: string): Promise<{ id: number; roles: string[] } | undefined> {
    return this.sql.row(REDEEM, { hash });
  }

  /** @returns whether it existed */
  async delete(id: number): Promise<boolean> {
    return (await this.sql.row(DELETE, { id })) !== undefined;
  }

  async forgetCreator(userId: string): Promise<void> {
    await this.sql.rows(FORGET_CREATOR, { userId });
  }
}
