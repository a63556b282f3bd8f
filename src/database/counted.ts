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
