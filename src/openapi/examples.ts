type Json = Record<string, unknown>;

/** An example for a schema, composed of the examples of its parts; undefined if there are none. */
export function exampleOf(schema: Json, schemas: Readonly<Record<string, Json>>): unknown {
  if ('example' in schema) return schema['example'];
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    const name = reference.slice(reference.lastIndexOf('/') + 1);
    return exampleOf(schemas[name] as Json, schemas);
  }
  const { anyOf, oneOf, allOf, items, properties, enum: values } = schema as Record<string, never>;
  if (Array.isArray(anyOf)) return exampleOf(anyOf[0] as Json, schemas);
  if (Array.isArray(oneOf)) return exampleOf(oneOf[0] as Json, schemas);
  if (Array.isArray(allOf)) {
    return Object.assign({}, ...(allOf as Json[]).map((part) => exampleOf(part, schemas))) as Json;
  }
  if (Array.isArray(values)) return values[0];
  if (items !== undefined) {
    const one = exampleOf(items, schemas);
    return one === undefined ? undefined : [one];
  }
  if (properties === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(properties as Record<string, Json>)
      .map(([name, property]) => [name, exampleOf(property, schemas)] as const)
      .filter(([, value]) => value !== undefined),
  );
}
