import { EntityManager, type RequiredEntityData } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { rowCount, rowNumber, sortKeys, timestamp } from '../database/expressions.js';
import { ONE_ROW, pageQuery } from '../database/page.js';
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
  readonly action: string;
  readonly target: string | null;
  readonly ip: string;
  readonly result: string;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
}

const db = tables<typeof AuditEntrySchema>();

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
    ONE_ROW,
    () => ({
      total: given.length === 0 ? totalOf(sql.lit('audit')) : rowCount(matching),
    }),
    () =>
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
