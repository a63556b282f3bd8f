import { Injectable } from '@nestjs/common';
import { Sql, Statements, timestamp } from '../database/sql.js';

/** Which entries; all that are given must hold. */
export interface AuditSelection {
  readonly actor: string | undefined;
  readonly action: string | undefined;
  readonly target: string | undefined;
  /** Both included. */
  readonly since: Date | undefined;
  readonly until: Date | undefined;
  readonly limit: number;
  readonly offset: number;
}

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

@Injectable()
export class AuditEntryRepository {
  private readonly statements = new Statements('audit.page');

  constructor(private readonly sql: Sql) {}

  /** A page, newest first. Without a condition the total is the one that is kept. */
  async page(selection: AuditSelection): Promise<{ total: number; rows: AuditRow[] }> {
    const { limit, offset, since, until, ...texts } = selection;
    const values: unknown[] = [limit, offset];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const conditions = Object.entries(texts).flatMap(([column, text]) =>
      text === undefined ? [] : [`${column} = ${bind(text)}`],
    );
    if (since !== undefined) conditions.push(`at >= ${bind(since)}`);
    if (until !== undefined) conditions.push(`at <= ${bind(until)}`);
    const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
    const total =
      where === ''
        ? "select coalesce(sum(value), 0)::int from totals where kind = 'audit'"
        : `select count(*)::int from audit_entries ${where}`;
    const text = `select (${total}) as total, page.* from (select) as one left join lateral (
        select id::float8, ${timestamp('at')} as shown_at, at, actor, action, target, ip, result, before, after
        from audit_entries ${where} order by at desc, id desc limit $1 offset $2
      ) as page on true
      order by page.at desc, page.id desc`;
    const rows = await this.sql.rows<
      Omit<AuditRow, 'id'> & { total: number; id: number | null; shown_at: string }
    >(this.statements.of(text), values);
    return {
      total: rows[0]?.total ?? 0,
      rows: rows.flatMap(({ id, shown_at: at, actor, action, target, ip, result, before, after }) =>
        id === null ? [] : [{ id, at, actor, action, target, ip, result, before, after }],
      ),
    };
  }
}
