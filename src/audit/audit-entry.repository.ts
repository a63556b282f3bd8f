import { EntityManager, type RequiredEntityData } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { type RawBuilder, sql } from 'kysely';
import type { RoleSchema } from '../accounts/role.entity.js';
import type { UserSchema } from '../accounts/user.entity.js';
import { rowCount, rowNumber, sortKeys, timestamp } from '../database/expressions.js';
import { pageQuery, withPage } from '../database/page.js';
import { Sql } from '../database/sql.js';
import { statementFamily, tables } from '../database/statement.js';
import { type AuditEntry, AuditEntrySchema } from './audit-entry.entity.js';
import { totalOf } from '../database/totals.js';

/** Filters of a page, combined with AND. */
interface Conditions {
  readonly actor: string | undefined;
  readonly action: string | undefined;
  readonly target: string | undefined;
  /** Both inclusive. */
  readonly since: Date | undefined;
  readonly until: Date | undefined;
}

export type AuditSelection = Conditions & { readonly limit: number; readonly offset: number };

export interface AuditRow {
  readonly id: number;
  readonly at: string;
  readonly actor: string;
  readonly actor_name: string | null;
  readonly action: string;
  readonly target: string | null;
  readonly target_name: string | null;
  readonly ip: string;
  readonly result: string;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
}

const db = tables<typeof AuditEntrySchema | typeof UserSchema | typeof RoleSchema>();

/** The columns of the entries of a page. */
type PageEntry = Omit<AuditRow, 'actor_name' | 'target_name'> & { readonly position: number };

/** Columns of features that write to the audit log: their entities cannot be imported without a circle. */
type NamedTables = {
  clients: { readonly id: number; readonly name: string };
  invitations: { readonly id: number; readonly note: string | null };
};

/** An id as an integer where the condition holds, else null: the cast of a user's id would fail. */
function integerId(
  condition: RawBuilder<boolean>,
  id: RawBuilder<string> | RawBuilder<string | null>,
): RawBuilder<number> {
  return sql<number>`case when ${condition} then ${id}::int end`;
}

/** The id of the target as an integer, where the action is one on this kind of object. */
function targetOf(feature: 'role' | 'client' | 'invitation'): RawBuilder<number> {
  const isOfFeature = sql<boolean>`page.action like ${sql.lit(`${feature}.%`)}`;
  return integerId(isOfFeature, sql.ref<string | null>('page.target'));
}

/** The client whose key has acted. */
const ACTING_CLIENT = integerId(
  sql<boolean>`page.actor like 'client:%'`,
  sql<string>`split_part(page.actor, ':', 2)`,
);

/**
 * The names at the time of the request, null for what is deleted: entries store none, so that the names of deleted
 * users disappear.
 */
function withNames() {
  return db
    .withTables<{ page: PageEntry } & NamedTables>()
    .selectFrom('page')
    .leftJoin('users as actor', 'actor.id', 'page.actor')
    .leftJoin('clients as acting_client', (join) => join.on('acting_client.id', '=', ACTING_CLIENT))
    .leftJoin('users as user', 'user.id', 'page.target')
    .leftJoin('roles as role', (join) => join.on('role.id', '=', targetOf('role')))
    .leftJoin('clients as client', (join) => join.on('client.id', '=', targetOf('client')))
    .leftJoin('invitations as invitation', (join) => join.on('invitation.id', '=', targetOf('invitation')))
    .select((eb) => [
      'page.id',
      'page.action',
      'page.target',
      'page.result',
      'page.before',
      'page.after',
      'page.actor',
      'page.ip',
      'page.at',
      'page.position',
      eb.fn.coalesce('actor.username', 'acting_client.name').as('actor_name'),
      eb.fn.coalesce('user.username', 'role.name', 'client.name', 'invitation.note').as('target_name'),
    ]);
}

interface Parameters {
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly since: string;
  readonly until: string;
  readonly limit: number;
  readonly offset: number;
}
type Given = readonly (keyof Conditions)[];

const NEWEST_FIRST = sortKeys(['e.at desc', 'e.id desc']);

/** Newest first. Without filters the total comes from the counter; otherwise the matching entries are counted. */
const PAGE = statementFamily('audit.page', ({ given }: { given: Given }, p: Parameters) => {
  const matching = db
    .selectFrom('audit_entries as e')
    .$if(given.includes('actor'), (q) => q.where('e.actor', '=', p.actor))
    .$if(given.includes('action'), (q) => q.where('e.action', '=', p.action))
    .$if(given.includes('target'), (q) => q.where('e.target', '=', p.target))
    .$if(given.includes('since'), (q) => q.where('e.at', '>=', p.since))
    .$if(given.includes('until'), (q) => q.where('e.at', '<=', p.until));
  return pageQuery(
    withPage(
      matching
        .select(['e.id', 'e.action', 'e.target', 'e.result', 'e.before', 'e.after'])
        .select((eb) => [
          // The columns are nullable, but every entry has both.
          eb.fn.coalesce('e.actor', sql.lit('')).as('actor'),
          eb.fn.coalesce('e.ip', sql.lit('')).as('ip'),
          timestamp('e.at').as('at'),
          rowNumber(NEWEST_FIRST).as('position'),
        ])
        .orderBy(NEWEST_FIRST)
        .limit(p.limit)
        .offset(p.offset),
    ),
    () => ({
      total: given.length === 0 ? totalOf(sql.lit('audit')) : rowCount(matching),
    }),
    withNames,
  );
});

@Injectable()
export class AuditEntryRepository {
  constructor(
    private readonly sql: Sql,
    private readonly em: EntityManager,
  ) {}

  /** Adds an entry to the open transaction. */
  add(entry: RequiredEntityData<AuditEntry>): void {
    this.em.create(AuditEntrySchema, entry, { persist: true });
  }

  /** A page, newest first. */
  async page({ limit, offset, ...conditions }: AuditSelection): Promise<{ total: number; rows: AuditRow[] }> {
    const given = (Object.keys(conditions) as Given).filter((name) => conditions[name] !== undefined);
    const { actor = '', action = '', target = '', since, until } = conditions;
    const { header, rows } = await this.sql.page(PAGE.of({ given }), {
      actor,
      action,
      target,
      since: since?.toISOString() ?? '',
      until: until?.toISOString() ?? '',
      limit,
      offset,
    });
    return { total: header?.total ?? 0, rows };
  }
}
