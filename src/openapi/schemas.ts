import type { OpenAPIObject } from '@nestjs/swagger';

type Json = Record<string, unknown>;

/**
 * Nest describes schemas in the words of OpenAPI 3.0. Version 3.1 speaks JSON Schema 2020-12, in which validators
 * and generators need no special cases: null is a type, and a reference may stand beside other keywords.
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
  // Nest wraps a reference in allOf to put a description beside it.
  const only = Array.isArray(allOf) && allOf.length === 1 ? (allOf[0] as Json) : undefined;
  const plain: Json =
    only === undefined ? (allOf === undefined ? rest : { ...rest, allOf }) : { ...rest, ...only };
  // Nest adds the type of the code beside a reference.
  if ('$ref' in plain) delete plain['type'];
  return nullable === true ? orNull(plain) : plain;
}

function orNull(schema: Json): Json {
  const { $ref, type, enum: values, ...rest } = schema;
  if ($ref !== undefined) return { ...rest, anyOf: [{ $ref }, { type: 'null' }] };
  if (typeof type !== 'string') return schema;
  return { type: [type, 'null'], ...(Array.isArray(values) ? { enum: [...values, null] } : {}), ...rest };
}
