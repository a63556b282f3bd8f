/** What is counted, and how: the functions of these names are made by the migration of the statistics. */
type Counting = 'count_rows' | 'count_role_users' | 'count_bytes';

/**
 * Triggers that keep a table's totals true, once for each statement however many rows it changes: see `totals` and
 * `daily_counts`.
 *
 * @param kind what the rows are called in the statistics
 */
export function counted(
  table: string,
  kind: string,
  events: readonly ('insert' | 'update' | 'delete')[],
  counting: Counting = 'count_rows',
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
      expression: `create trigger "${name}" after ${event} on "${table}" referencing ${rows[event]} for each statement execute function ${counting}('${kind}')`,
    };
  });
}

/**
 * Triggers that keep each user's own totals true, by functions of the triggers' names: once for each statement that
 * adds or removes rows, and once for each row whose tallied columns a statement changes.
 *
 * @param tally what the triggers' names begin with; the event follows
 * @param columns what rows are tallied by
 */
export function tallied(table: string, tally: string, columns: readonly string[]) {
  const changed = columns.map((column) => `old.${column} <> new.${column}`).join(' or ');
  const each = {
    insert: 'referencing new table as added for each statement',
    update: `for each row when (${changed})`,
    delete: 'referencing old table as removed for each statement',
  };
  return (['insert', 'update', 'delete'] as const).map((event) => {
    const name = `${tally}_${event}`;
    return {
      name,
      timing: 'after' as const,
      events: [event],
      forEach: event === 'update' ? ('row' as const) : ('statement' as const),
      expression: `create trigger "${name}" after ${event} on "${table}" ${each[event]} execute function ${name}()`,
    };
  });
}
