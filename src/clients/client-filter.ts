/** SQL: whether the client asked for is registered and enabled; true when none is asked for. */
export function clientKnown(placeholder: string | null): string {
  return placeholder === null
    ? 'true'
    : `exists(select from clients c where c.id = ${placeholder}::int and c.enabled)`;
}
