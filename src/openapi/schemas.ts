import type { OpenAPIObject } from '@nestjs/swagger';

type Json = Record<string, unknown>;

/**
 * Converts Nest's schemas, which use the dialect of OpenAPI 3.0, to JSON Schema 2020-12, the dialect of OpenAPI 3.1:
 * `null` is a type, and `$ref` may have sibling keywords.
 */
export function toJsonSchema2020(document: OpenAPIObject): OpenAPIObject {
  return convert(document) as OpenAPIObject;
}

function convert(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(convert);
  if (typeof node !== 'object' || node === null) return node;
  const converted = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, convert(value)]),
  ) as Json;
  const { nullable, allOf, ...rest } = converted;
  // Nest wraps a reference in `allOf` to add a description.
  const only = Array.isArray(allOf) && allOf.length === 1 ? (allOf[0] as Json) : undefined;
  const plain: Json =
    only === undefined ? (allOf === undefined ? rest : { ...rest, allOf }) : { ...rest, ...only };
  // Nest derives an enum of one value from the TypeScript type of a constant.
  if ('const' in plain) delete plain['enum'];
  // Nest adds the TypeScript type of the property to a reference.
  if ('$ref' in plain) delete plain['type'];
  return nullable === true ? makeNullable(plain) : plain;
}

function makeNullable(schema: Json): Json {
  const { $ref, type, enum: values, ...rest } = schema;
  if ($ref !== undefined) return { ...rest, anyOf: [{ $ref }, { type: 'null' }] };
  if (typeof type !== 'string') return schema;
  return { type: [type, 'null'], ...(Array.isArray(values) ? { enum: [...values, null] } : {}), ...rest };
}
