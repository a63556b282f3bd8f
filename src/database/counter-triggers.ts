/** PostgreSQL functions that update `totals`; see `functions/`. */
type CounterFunction =
  'count_rows' | 'count_role_users' | 'count_bytes' | 'count_avatars' | 'count_client_photos';

type Event = 'insert' | 'update' | 'delete';
const EVENTS: readonly Event[] = ['insert', 'update', 'delete'];

/** The transition tables of a statement-level trigger. */
const STATEMENT: Readonly<Record<Event, string>> = {
  insert: 'referencing new table as added for each statement',
  update: 'referencing old table as removed new table as added for each statement',
  delete: 'referencing old table as removed for each statement',
};

function trigger(table: string, event: Event, name: string, each: string, call: string) {
  return {
    name,
    timing: 'after' as const,
    events: [event],
    forEach: each.startsWith('for each row') ? ('row' as const) : ('statement' as const),
    expression: `create trigger "${name}" after ${event} on "${table}" ${each} execute function ${call}`,
  };
}

/**
 * Triggers that update the counters of a table in `totals` and `daily_counts`, once for each statement.
 *
 * @param kind the counter: the value of `kind` in both tables
 */
export function totalCounterTriggers(
  table: string,
  kind: string,
  events: readonly Event[],
  counterFunction: CounterFunction = 'count_rows',
) {
  return events.map((event) =>
    trigger(table, event, `${table}_${kind}_${event}`, STATEMENT[event], `${counterFunction}('${kind}')`),
  );
}

/**
 * Triggers that update the counters of `series_counts` or of a user, by functions of the same names. A row-level
 * trigger handles updates where `columns` are given, for each row in which one of them changes.
 *
 * @param functionPrefix prefix of the names of triggers and functions; `_insert`, `_update` or `_delete` follows
 * @param columns the columns that the counters depend on
 */
export function counterTriggers(table: string, functionPrefix: string, columns: readonly string[] = []) {
  const changed = columns.map((column) => `old.${column} <> new.${column}`).join(' or ');
  const each = columns.length === 0 ? STATEMENT : { ...STATEMENT, update: `for each row when (${changed})` };
  return EVENTS.map((event) => {
    const name = `${functionPrefix}_${event}`;
    return trigger(table, event, name, each[event], `${name}()`);
  });
}
