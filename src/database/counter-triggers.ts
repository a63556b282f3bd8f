/** PostgreSQL functions that update `totals`; see `functions/`. */
type CounterFunction = 'count_rows' | 'count_role_users' | 'count_bytes';

/**
 * Statement-level triggers that update the counters of a table in `totals` and `daily_counts`.
 *
 * @param kind the counter: the value of `kind` in both tables
 */
export function totalCounterTriggers(
  table: string,
  kind: string,
  events: readonly ('insert' | 'update' | 'delete')[],
  counterFunction: CounterFunction = 'count_rows',
) {
  const rows = {
    insert: 'new table as added',
    update: 'old table as removed new table as added',
    delete: 'old table as removed',
  };
  return events.map((event) => {
    const name = `${table}_${kind}_${event}`;
    return {
      name,
      timing: 'after' as const,
      events: [event],
      forEach: 'statement' as const,
      expression: `create trigger "${name}" after ${event} on "${table}" referencing ${rows[event]} for each statement execute function ${counterFunction}('${kind}')`,
    };
  });
}

/**
 * Triggers that update counters per user, by functions of the same names. Inserts and deletes run a statement-level
 * trigger. Updates run a row-level trigger for each row in which one of `columns` changes.
 *
 * @param functionPrefix prefix of the names of triggers and functions; `_insert`, `_update` or `_delete` follows
 * @param columns the columns that the counters depend on
 */
export function userCounterTriggers(table: string, functionPrefix: string, columns: readonly string[]) {
  const changed = columns.map((column) => `old.${column} <> new.${column}`).join(' or ');
  const each = {
    insert: 'referencing new table as added for each statement',
    update: `for each row when (${changed})`,
    delete: 'referencing old table as removed for each statement',
  };
  return (['insert', 'update', 'delete'] as const).map((event) => {
    const name = `${functionPrefix}_${event}`;
    return {
      name,
      timing: 'after' as const,
      events: [event],
      forEach: event === 'update' ? ('row' as const) : ('statement' as const),
      expression: `create trigger "${name}" after ${event} on "${table}" ${each[event]} execute function ${name}()`,
    };
  });
}
